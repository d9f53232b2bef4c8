import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Request, type Response, Router } from 'express';
import { type Ground, Problem, packageRoot, plainDigits } from '../../platform/index.ts';
import { lookUp } from '../doors/look-up.ts';
import { type FeedbackDoor, type Submission, submit } from '../doors/submit.ts';
import { programmeToTell } from '../settings-store.ts';
import type { FeedbackLanguage } from '../types.ts';
import { answerPage, formPage, isCategory, receiptPage, type Written } from './html.ts';
import { languageNames, type PageWords, pageWords } from './words.ts';

/** What the page may do: show itself, run its own two scripts, and speak to this server alone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const LIMIT = '32kb';
const LONGEST = { text: 5_000, name: 200, phone: 30, key: 128 } as const;

/** How codes of programmes are written. */
const CODE = /^[A-Z0-9-]{2,20}$/;

const languages = Object.keys(languageNames) as FeedbackLanguage[];

/** The language that somebody chose, or that their browser speaks. */
const languageFor = (request: Request): FeedbackLanguage => {
  const asked = languages.find((name) => name === request.query['lang']);
  return asked ?? ((request.acceptsLanguages(['fr', 'ar', 'en']) as FeedbackLanguage | false) || 'fr');
};

const field = (request: Request, name: string): string => {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.trim() : '';
};

const faultIn = ({ faults }: PageWords, error: unknown): { status: number; text: string } => {
  if (!(error instanceof Problem)) throw error;
  if (error.code === 'too_many_requests') return { status: 429, text: faults.often };
  return error.status < 500 ? { status: error.status, text: faults.text } : { status: error.status, text: faults.other };
};

const writtenIn = (request: Request): Written & { readonly text: string } => ({
  category: field(request, 'category'),
  text: field(request, 'text').slice(0, LONGEST.text),
  name: field(request, 'name').slice(0, LONGEST.name),
  phone: field(request, 'phone').slice(0, LONGEST.phone),
  anonymous: field(request, 'anonymous') !== '',
});

const submissionOf = (
  programmeCode: string,
  language: FeedbackLanguage,
  { category = '', text = '', name, phone, anonymous }: Written,
): Submission => ({
  programmeCode,
  language,
  text,
  category: isCategory(category) ? category : 'other',
  ...(anonymous ? { anonymous } : {}),
  ...(!anonymous && (name || phone) ? { contact: { ...(name ? { name } : {}), ...(phone ? { phone } : {}) } } : {}),
});

/** The form as pages that work without a script: `/feedback/CODE`, and `/feedback/CODE/answer` to see what came of it. */
export function feedbackPages(ground: Ground, door: FeedbackDoor): Router {
  const asset = (name: string) => readFileSync(join(packageRoot, 'public/feedback', name), 'utf8');
  const pages = Router();
  const form = express.urlencoded({ extended: false, limit: LIMIT });
  for (const [name, type] of [
    ['form.css', 'css'],
    ['form.js', 'js'],
    ['outbox.js', 'js'],
  ] as const) {
    const text = asset(name);
    pages.get(`/feedback/assets/${name}`, (_request, response) => void response.set('Cache-Control', 'no-cache').type(type).send(text));
  }
  const worker = asset('worker.js');
  pages.get(
    '/feedback/worker.js',
    (_request, response) => void response.set('Content-Security-Policy', policy).set('Cache-Control', 'no-cache').type('js').send(worker),
  );

  const send = (response: Response, html: string, status = 200) =>
    void response.status(status).set('Content-Security-Policy', policy).set('Cache-Control', 'no-store').type('html').send(html);
  const knock = (request: Request, idempotencyKey?: string) => ({
    address: request.ip ?? '',
    requestId: String(request.id),
    idempotencyKey,
  });

  pages.get('/feedback/:code', async (request, response, next) => {
    const { code } = request.params;
    if (!CODE.test(code) || !(await programmeToTell(ground.db, code))) return next();
    send(response, formPage({ language: languageFor(request), code }, randomUUID()));
  });
  pages.post('/feedback/:code', form, async (request, response, next) => {
    if (!CODE.test(String(request.params['code']))) return next();
    const page = { language: languageFor(request), code: String(request.params['code']) };
    const key = /^[\x21-\x7e]{8,128}$/.exec(field(request, 'key'))?.[0] ?? randomUUID();
    const written = writtenIn(request);
    const words = pageWords[page.language];
    if (written.text.length < 3) return send(response, formPage(page, key, written, words.faults.text), 422);
    try {
      const receipt = await submit(ground, door, submissionOf(page.code, page.language, written), knock(request, key));
      send(response, receiptPage(page, receipt), 201);
    } catch (error) {
      const { status, text } = faultIn(words, error);
      send(response, formPage(page, randomUUID(), written, text), status);
    }
  });
  pages.get('/feedback/:code/answer', (request, response) =>
    send(response, answerPage({ language: languageFor(request), code: request.params.code })),
  );
  pages.post('/feedback/:code/answer', form, async (request, response) => {
    const page = { language: languageFor(request), code: String(request.params['code']) };
    const words = pageWords[page.language];
    const given = { reference: plainDigits(field(request, 'reference')), secret: field(request, 'secret') };
    try {
      send(response, answerPage(page, await lookUp(ground, door, given, knock(request))));
    } catch (error) {
      const { status, text } = faultIn({ ...words, faults: { ...words.faults, text: words.faults.missing } }, error);
      send(response, answerPage(page, undefined, text), status);
    }
  });
  return pages;
}
