// Holds the languages together: the same keys, with exactly the plural forms that each language has, the same placeholders, and no
// markup (the messengers paint roles; a sign of markup would be shown as it is).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? 'locales';
const reference = 'en';
const problems = [];
const say = (language, namespace, key, what) => problems.push(`${language}/${namespace}.json  ${key}: ${what}`);

/** @returns {Map<string, string>} every text by its full key */
function flatten(tree, prefix = '', into = new Map()) {
  for (const [name, value] of Object.entries(tree)) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) flatten(value, key, into);
    else into.set(key, value);
  }
  return into;
}

const suffix = /_(ordinal_)?(zero|one|two|few|many|other)$/;

/** Texts by key without plural suffix; `forms` maps a plural category to its text ('' when there are no forms). */
function group(texts) {
  const groups = new Map();
  for (const [key, text] of texts) {
    const plural = suffix.exec(key);
    const isPlural = plural !== null && texts.has(key.replace(suffix, `_${plural[1] ?? ''}other`));
    const base = isPlural ? key.replace(suffix, plural[1] ? '_ordinal' : '') : key;
    const forms = groups.get(base) ?? groups.set(base, new Map()).get(base);
    forms.set(isPlural ? plural[2] : '', text);
  }
  return groups;
}

const placeholders = (text) =>
  [...String(text).matchAll(/\{\{-?\s*([^}]+?)\s*\}\}/g)].map((match) => match[1].replace(/\s/g, ''));
// A command's usage names what is to be typed as `<member>`.
const named = (key) => (key.endsWith('.usage') ? /\{\{[^}]*\}\}|<[\p{L} ]+>/gu : /\{\{[^}]*\}\}/g);
const markup = /[<>*`]|&\w+;|\]\(|(?:^|\s)[_~]\S.*\S[_~](?:\s|$)/;

// "one" is the number 1 alone in some languages and also 21, 31, … in others; only in the first may the form leave the number out.
const mayOmitCount = (language, category) => {
  const rules = new Intl.PluralRules(language);
  const members = Array.from({ length: 200 }, (_, n) => n).filter((n) => rules.select(n) === category);
  return members.length === 1;
};

function checkForms(language, namespace, key, forms, wanted) {
  const isPlural = !forms.has('');
  const type = key.endsWith('_ordinal') ? 'ordinal' : 'cardinal';
  if (isPlural) {
    const needs = new Intl.PluralRules(language, { type }).resolvedOptions().pluralCategories;
    for (const category of needs)
      if (!forms.has(category)) say(language, namespace, key, `the plural form _${category} is missing`);
    for (const category of forms.keys())
      if (!needs.includes(category)) say(language, namespace, key, `${language} has no plural form _${category}`);
  }
  for (const [category, text] of forms) {
    const at = category === '' ? key : `${key}_${category}`;
    if (typeof text !== 'string' || text.trim() === '') say(language, namespace, at, 'has no text');
    else if (markup.test(text.replace(named(key), ''))) say(language, namespace, at, `holds markup: ${text}`);
    const has = new Set(placeholders(text));
    const missing = [...wanted].filter(
      (name) => !has.has(name) && !(isPlural && name.split(',')[0] === 'count' && mayOmitCount(language, category)),
    );
    const extra = [...has].filter((name) => !wanted.has(name));
    if (missing.length > 0) say(language, namespace, at, `lacks {{${missing.join('}}, {{')}}}`);
    if (extra.length > 0) say(language, namespace, at, `has {{${extra.join('}}, {{')}}}, which ${reference} has not`);
  }
}

const read = (language, namespace) => group(flatten(JSON.parse(readFileSync(join(root, language, `${namespace}.json`), 'utf8'))));
const namespacesOf = (language) => readdirSync(join(root, language)).map((file) => file.replace(/\.json$/, ''));
const languages = readdirSync(root);
const namespaces = [...new Set(languages.flatMap(namespacesOf))];

for (const namespace of namespaces) {
  const lacking = languages.filter((language) => !namespacesOf(language).includes(namespace));
  for (const language of lacking) problems.push(`${language}/${namespace}.json  is missing`);
  if (lacking.length > 0) continue;
  const model = read(reference, namespace);
  for (const language of languages) {
    const groups = read(language, namespace);
    for (const key of model.keys()) if (!groups.has(key)) say(language, namespace, key, 'is missing');
    for (const [key, forms] of groups) {
      const origin = model.get(key);
      if (origin === undefined) say(language, namespace, key, `is not in ${reference}`);
      else if (origin.has('') !== forms.has(''))
        say(language, namespace, key, `has plural forms in one of ${reference} and ${language} only`);
      else checkForms(language, namespace, key, forms, new Set([...origin.values()].flatMap(placeholders)));
    }
  }
}

for (const problem of problems) console.error(problem);
console.log(`locales: ${languages.length} languages, ${namespaces.length} files each, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
