import type { Language } from '../../beneficiaries/index.ts';
import { escapedText, isolatedText, printedPage } from '../../platform/index.ts';
import type { Cell, Section, SubjectFile } from './types.ts';
import type { Words } from './words.ts';
import { wordsAr } from './words-ar.ts';
import { wordsEn } from './words-en.ts';
import { wordsFr } from './words-fr.ts';

const words: Readonly<Record<Language, Words>> = { ar: wordsAr, fr: wordsFr, en: wordsEn };

function shown(value: Cell, { yes, no, values }: Words): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? yes : no;
  return isolatedText(values[String(value)] ?? momentOf(String(value)));
}

/** An instant as people write it, to the minute; other text as it is. */
const momentOf = (text: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:.*Z$/.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : text;

const labelOf = (name: string, { fields }: Words): string => escapedText(fields[name] ?? name);

function table({ name, items }: Section, spoken: Words): string {
  const title = `<h2>${escapedText(spoken.sections[name] ?? name)}</h2>`;
  const [first] = items;
  if (!first) return `${title}<p class="empty">${escapedText(spoken.nothing)}</p>`;
  const columns = Object.keys(first);
  // What is one thing reads better downwards.
  if (columns.length > 6) {
    return `${title}${items
      .map(
        (item) =>
          `<table>${columns.map((c) => `<tr><th scope="row">${labelOf(c, spoken)}</th><td>${shown(item[c] ?? null, spoken)}</td></tr>`).join('')}</table>`,
      )
      .join('')}`;
  }
  const head = columns.map((column) => `<th scope="col">${labelOf(column, spoken)}</th>`).join('');
  const rows = items
    .map((item) => `<tr>${columns.map((column) => `<td>${shown(item[column] ?? null, spoken)}</td>`).join('')}</tr>`)
    .join('');
  return `${title}<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** What is held of a person as a page to read and to print. */
export function subjectPage({ registrationNumber, preparedAt, language, sections }: SubjectFile): string {
  const spoken = words[language];
  return printedPage({
    language,
    title: `${spoken.title} ${registrationNumber}`,
    body: `<h1>${escapedText(spoken.title)}</h1>
<p>${escapedText(spoken.fields['registrationNumber'] ?? '')}: ${isolatedText(registrationNumber)} · ${escapedText(spoken.prepared)}: ${isolatedText(momentOf(preparedAt))}</p>
<p>${escapedText(spoken.rights)}</p>
${sections.map((section) => table(section, spoken)).join('\n')}`,
  });
}
