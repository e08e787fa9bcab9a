import bg from './words/bg.js';
import en from './words/en.js';
import fi from './words/fi.js';
import pl from './words/pl.js';
import ru from './words/ru.js';

/** The languages of the page, by their own names. */
export const languages = { en: 'English', ru: 'Русский', bg: 'Български', fi: 'Suomi', pl: 'Polski' };

const all = { en, ru, bg, fi, pl };

/** The page's own words; what the program says comes from the program. */
export const wordsOf = (language) => all[language] ?? en;

/** The first language of this browser that the page speaks. */
export const browserLanguage = () =>
  navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => code in all) ?? 'en';
