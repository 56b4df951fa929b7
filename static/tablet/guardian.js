/** What only a guardian's own session needs: a file of its own, which the child's never waits for. */
export const guardian = () => import("/static/vendor/guardian.js");
