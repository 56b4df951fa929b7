/**
 * Divides a list into pages, as many on each as fit there. It must never leave one out, nor change
 * their order.
 *
 * @template T
 * @param {T[]} all
 * @param {number} room of a page, in places
 * @param {(one: T) => number} sizeOf how many places one takes
 * @returns {T[][]} at least one page; what takes more than a page has one to itself
 */
export function pagesOf(all, room, sizeOf) {
  const pages = [[]];
  let taken = 0;
  for (const one of all) {
    const size = sizeOf(one);
    if (taken && taken + size > room) {
      pages.push([]);
      taken = 0;
    }
    pages.at(-1).push(one);
    taken += size;
  }
  return pages;
}
