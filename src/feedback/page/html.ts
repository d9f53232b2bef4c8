import { escapedText, isolatedText } from '../../platform/index.ts';
import type { Receipt } from '../doors/submit.ts';
import type { FeedbackCategory, FeedbackLanguage, FeedbackOutcome } from '../types.ts';
import { languageNames, type PageWords, pageWords } from './words.ts';

/** What somebody wrote before, to be put right. */
export interface Written {
  readonly category?: string | undefined;
  readonly text?: string | undefined;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly anonymous?: boolean | undefined;
}

interface PageOf {
  readonly language: FeedbackLanguage;
  /** Of the programme: the page's own address. */
  readonly code: string;
}

const path = (code: string): string => `/feedback/${encodeURIComponent(code)}`;

const layout = ({ language, code }: PageOf, at: string, body: string, scripts = ''): string => `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapedText(pageWords[language].title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/feedback/assets/form.css">
</head>
<body>
<main>
<nav>${(Object.keys(languageNames) as FeedbackLanguage[])
  .map(
    (name) =>
      `<a href="${path(code)}${at}?lang=${name}" lang="${name}"${name === language ? ' aria-current="true"' : ''}>${languageNames[name]}</a>`,
  )
  .join('')}</nav>
${body}
</main>
${scripts}</body>
</html>
`;

const fault = (text: string | undefined): string => (text ? `<div class="card fault" role="alert"><p>${escapedText(text)}</p></div>` : '');

const receiptCard = (words: PageWords, shown: Receipt | undefined): string => `<section class="card done" role="status">
<h2>${escapedText(words.done)}</h2>
<p>${escapedText(words.keep)}</p>
<dl><dt>${escapedText(words.reference)}</dt><dd><bdi class="reference" dir="ltr">${escapedText(shown?.reference ?? '')}</bdi></dd>
<dt>${escapedText(words.secret)}</dt><dd><bdi class="secret" dir="ltr">${escapedText(shown?.secret ?? '')}</bdi></dd></dl>
${shown ? '' : `<button type="button" class="second">${escapedText(words.noted)}</button>`}
</section>`;

/**
 * The form. It works as it is; with its script it keeps what is written until there is a network.
 * @param key under which this form, sent without the script, is one case
 */
export function formPage(page: PageOf, key: string, written: Written = {}, wrong?: string): string {
  const words = pageWords[page.language];
  const options = Object.entries(words.categories)
    .map(
      ([name, text]) =>
        `<option value="${name}"${name === (written.category ?? 'question') ? ' selected' : ''}>${escapedText(text)}</option>`,
    )
    .join('');
  const body = `<h1>${escapedText(words.title)}</h1>
<p>${escapedText(words.lead)}</p>
${fault(wrong)}
<div id="waiting" class="card wait" role="status" hidden><p>${escapedText(words.waiting)}</p><button type="button" class="second remove">${escapedText(words.remove)}</button></div>
<div id="refused" class="card fault" role="alert" hidden><p>${escapedText(words.refused)}</p><button type="button" class="second correct">${escapedText(words.correct)}</button> <button type="button" class="second remove">${escapedText(words.remove)}</button></div>
<div id="receipts"></div>
<template id="receipt">${receiptCard(words, undefined)}</template>
<form id="tell" method="post" action="${path(page.code)}?lang=${page.language}" data-programme="${escapedText(page.code)}">
<input type="hidden" name="key" value="${escapedText(key)}">
<div class="field"><label for="category">${escapedText(words.about)}</label>
<select id="category" name="category">${options}</select></div>
<div class="field"><label for="text">${escapedText(words.text)}</label>
<textarea id="text" name="text" required minlength="3" maxlength="5000" aria-describedby="hint">${escapedText(written.text ?? '')}</textarea>
<p id="hint" class="quiet">${escapedText(words.textHint)}</p></div>
<div class="field"><label class="choice"><input type="checkbox" name="anonymous" value="yes"${written.anonymous ? ' checked' : ''}><span>${escapedText(words.anonymous)}</span></label></div>
<fieldset><legend>${escapedText(words.contact)}</legend>
<p class="quiet">${escapedText(words.contactHint)}</p>
<div class="field"><label for="name">${escapedText(words.name)}</label><input id="name" name="name" maxlength="200" autocomplete="name" value="${escapedText(written.name ?? '')}"></div>
<div class="field"><label for="phone">${escapedText(words.phone)}</label><input id="phone" name="phone" type="tel" dir="ltr" maxlength="30" autocomplete="tel" value="${escapedText(written.phone ?? '')}"></div>
</fieldset>
<button>${escapedText(words.send)}</button>
</form>
<p class="card quiet">${escapedText(words.privacy)}</p>
<p class="card"><a href="${path(page.code)}/answer?lang=${page.language}">${escapedText(words.lookUp)}</a></p>`;
  const scripts = '<script src="/feedback/assets/outbox.js"></script>\n<script src="/feedback/assets/form.js"></script>\n';
  return layout(page, '', body, scripts);
}

/** What whoever sent the form without its script sees. */
export function receiptPage(page: PageOf, receipt: Receipt): string {
  const words = pageWords[page.language];
  return layout(
    page,
    '',
    `<h1>${escapedText(words.title)}</h1>\n${receiptCard(words, receipt)}
<p class="card"><a href="${path(page.code)}?lang=${page.language}">${escapedText(words.back)}</a></p>`,
  );
}

/** Where somebody sees the answer. */
export function answerPage(page: PageOf, outcome?: FeedbackOutcome, wrong?: string): string {
  const words = pageWords[page.language];
  const found = outcome
    ? `<section class="card done" role="status"><h2>${isolatedText(outcome.reference)}</h2><p>${escapedText(words.states[outcome.state])}</p>
${outcome.reply === null ? '' : `<h2>${escapedText(words.reply)}</h2><p class="reply" dir="auto">${escapedText(outcome.reply)}</p>`}</section>`
    : '';
  return layout(
    page,
    '/answer',
    `<h1>${escapedText(words.lookUp)}</h1>
<p>${escapedText(words.lookUpLead)}</p>
${fault(wrong)}${found}
<form method="post" action="${path(page.code)}/answer?lang=${page.language}">
<div class="field"><label for="reference">${escapedText(words.reference)}</label><input id="reference" name="reference" dir="ltr" inputmode="numeric" required maxlength="20" autocomplete="off"></div>
<div class="field"><label for="secret">${escapedText(words.secret)}</label><input id="secret" name="secret" dir="ltr" required maxlength="20" autocomplete="off" autocapitalize="characters"></div>
<button>${escapedText(words.look)}</button>
</form>
<p class="card"><a href="${path(page.code)}?lang=${page.language}">${escapedText(words.back)}</a></p>`,
  );
}

/** Whether a text is a category that the form offers. */
export const isCategory = (text: string): text is FeedbackCategory => Object.hasOwn(pageWords.en.categories, text);
