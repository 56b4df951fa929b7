/** Reads what the adult chose before handing the tablet over, and says plainly what is missing. */
import { readFit } from "../child/fit.js";
import { message } from "../screen.js";
import { livenOrigin, readOrigin } from "./origin.js";

const YOUNGEST = 3; // below, there is nothing to tap: an adult observes together with a guardian
const OLDEST = 17;
const CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PERSONAL_NUMBER = /\d{6}[-+]?\d{4}/;
const UNIT_KINDS = { forskola: "forskola", grundskola: "grundskola", gymnasium: "gymnasium", bvc: "bvc" };

/**
 * @param {URLSearchParams} form
 * @returns {{about?: object, minutes?: number, errors?: Record<string, string>}} minutes: of the picture of time
 */
export function readPreparation(form) {
  const errors = {};
  const { child, year } = readChild(form, errors);
  const variant = form.get("variant");
  const origin = readOrigin(form, errors);
  if (!variant) errors.variant = message("variant-missing");
  if (Object.keys(errors).length) return { errors };
  const { scale2, ...fit } = readFit(form);
  const interpreter = form.get("interpreter") ? { mode: form.get("interpreter_mode") } : null;
  return {
    minutes: Number(form.get("minutes")),
    about: {
      child,
      age: ageThisYear(year),
      variant,
      language: form.get("language"),
      beside: (interpreter && form.get("beside")) || "", // a second language under the first
      scale: scale2 ? "bra2" : variant === "preschool" ? "bra3" : form.get("scale"),
      at_a_time: Number(form.get("at_a_time") ?? 1),
      deck: form.get("deck"),
      optional: form.getAll("optional").filter((key) => key.split("/")[1] === variant),
      tapped_by: origin ? "adult" : form.get("tapped_by"),
      reading: form.get("reading"),
      pace: form.get("voice"), // how fast the words are said
      fit,
      ...(origin && { origin }),
      present: { guardian: Boolean(form.get("guardian")), interpreter },
    },
  };
}

/**
 * Who the child is: the case's code, or an alias and where the child goes.
 * @param {number | undefined} youngest the least age in years; without it the child's age is not asked beside a code
 */
export function readChild(form, errors, youngest) {
  if (form.get("known") === "case") {
    return { child: readCase(form, errors), year: youngest === undefined ? readYear(form, errors, YOUNGEST) : undefined };
  }
  const child = readAlias(form, errors);
  child.birth_year = readYear(form, errors, youngest ?? YOUNGEST);
  return { child, year: child.birth_year };
}

const ageThisYear = (year) => new Date().getFullYear() - year;

function readCase(form, errors) {
  const code = tidyCode(form.get("case_code"));
  if (!isCaseCode(code)) errors.case_code = message("case-wrong");
  return { case_code: code };
}

function readAlias(form, errors) {
  const alias = form.get("alias").trim();
  if (!alias) errors.alias = message("alias-missing");
  else if (PERSONAL_NUMBER.test(alias)) errors.alias = message("alias-personal-number");
  const kind = form.get("place_kind");
  const unit = form.get("place_unit") || null;
  const hasYear = kind === "grundskola" || kind === "gymnasium";
  const year = hasYear ? form.get("place_year") : null;
  return { alias, birth_year: undefined, place: { kind, unit, year, in_sormland: kind === "none" || unit !== null } };
}

function readYear(form, errors, youngest) {
  const year = Number(form.get("birth_year"));
  const age = ageThisYear(year);
  const today = new Date().toLocaleDateString("sv-SE"); // as the tablet's clock has it: the age follows it
  if (!/^\d{4}$/.test(form.get("birth_year").trim())) errors.birth_year = message("year-missing");
  else if (age < 0) errors.birth_year = message("year-future", { today });
  else if (age < youngest) errors.birth_year = message("too-young", { today });
  else if (age > OLDEST + 1) errors.birth_year = message("year-old", { today });
  return year;
}

/** As a person types it: any case, spaces or dashes, O for 0, I or L for 1. */
export function tidyCode(typed) {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}

/** The last letter checks the others: see check_letter in kid_wheel/case.py. */
export function isCaseCode(code) {
  if (!/^[0-9A-HJKMNP-TV-Z]{6}$/.test(code)) return false;
  const sum = [...code.slice(0, 5)].reduce((total, letter, i) => total + (2 * i + 1) * CODE_ALPHABET.indexOf(letter), 0);
  return code[5] === CODE_ALPHABET[sum % CODE_ALPHABET.length];
}

/** Make the form answer to what is chosen: only the fields that matter, and the units of a kind. */
export function livenPreparation(form, { units, unit, languages }) {
  for (const option of form.querySelectorAll("[name=language] option, [name=beside] option")) {
    if (option.value && !languages.includes(option.value)) option.remove(); // not switched on
  }
  const update = () => {
    const chosen = (name) => form.elements[name]?.value;
    toggle(form, "[data-when-scan]", () => Boolean(chosen("scan")));
    toggle(form, "[data-when-variant]", () => Boolean(chosen("variant"))); // which cards there are follows from it
    toggle(form, "[data-for]", ({ dataset }) => dataset.for === chosen("variant"));
    livenOrigin(form);
  };
  form.addEventListener("change", ({ target }) => {
    if (target.name === "birth_year") suggest(form, Number(target.value));
    update();
  });
  livenChild(form, { units, unit });
  update();
}

/** The part about the child and who is in the room, which a guardian's form has too. */
export function livenChild(form, { units, unit }) {
  const update = () => {
    const kind = form.elements.place_kind.value;
    toggle(form, "[data-when]", ({ dataset }) => dataset.when === form.elements.known.value);
    toggle(form, "[data-when-interpreter]", () => form.elements.interpreter.checked);
    form.elements.place_unit.closest("label").hidden = !(kind in UNIT_KINDS);
    form.elements.place_year.closest("label").hidden = kind !== "grundskola" && kind !== "gymnasium";
  };
  const fillUnits = () => {
    const kind = form.elements.place_kind.value;
    const local = ({ municipality }) => (municipality === unit.municipality ? 0 : 1);
    const matching = units.filter((each) => each.kind === UNIT_KINDS[kind]).sort((a, b) => local(a) - local(b));
    form.elements.place_unit.replaceChildren(
      ...matching.map((each) => new Option(each.name, each.id, false, each.id === unit.id)),
      new Option(message("outside"), ""),
    );
    fillYears(form, kind);
  };
  form.addEventListener("change", ({ target }) => {
    if (target.name === "place_kind") fillUnits();
    update();
  });
  form.elements.place_kind.value = unit.kind in UNIT_KINDS ? unit.kind : "forskola";
  fillUnits();
  update();
}

function fillYears(form, kind) {
  const select = form.elements.place_year;
  select.dataset.school ??= select.innerHTML;
  if (kind === "gymnasium") {
    select.replaceChildren(...[1, 2, 3].map((year) => new Option(message("gym-year", { year }), `GY${year}`)));
  } else if (kind === "grundskola") {
    const template = document.createElement("template");
    template.innerHTML = select.dataset.school; // our own options, as the hub rendered them
    select.replaceChildren(template.content);
  }
}

/** From the year of birth: the variant, and how many cards. The adult may choose otherwise. */
function suggest(form, year) {
  const age = ageThisYear(year);
  if (!(age >= YOUNGEST && age <= OLDEST + 1)) return;
  const variant = age <= 6 ? "preschool" : "older";
  if (form.querySelector(`[name=variant][value=${variant}]`)) form.elements.variant.value = variant;
  form.elements.deck.value = variant === "preschool" ? "core" : "all";
  const schoolYear = age - 6;
  if (schoolYear >= 0 && schoolYear <= 9 && form.elements.place_kind.value === "grundskola") {
    form.elements.place_year.value = schoolYear === 0 ? "FKLASS" : `AK${schoolYear}`;
  }
}

function toggle(form, selector, isShown) {
  for (const element of form.querySelectorAll(selector)) element.hidden = !isShown(element);
}
