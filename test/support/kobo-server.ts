import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type KoboSubmission = Record<string, unknown> & { readonly _id: number; readonly _uuid: string };
type Answering = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/** A KoboToolbox server with one form, which answers as its data API does until it is told to misbehave. */
export interface KoboServer {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: { readonly path: string; readonly after: number; readonly start: number; readonly authorization: string | undefined }[];
  /** The one form that it has. */
  form: string;
  submissions: KoboSubmission[];
  /** Submissions on a page, whatever is asked for. */
  pageSize: number;
  /** Answers instead of the form; undefined leaves this request to it. */
  misbehave: ((request: IncomingMessage, url: URL) => Answering | undefined) | undefined;
  close(): void;
}

export const statusOnly =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (_request, response) =>
    void response.writeHead(status, headers).end('{"detail": "no"}');

export const bodyOnly =
  (body: string | Buffer): Answering =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(body);

export async function startKoboServer(): Promise<KoboServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', kobo.url);
    const after = Number(/"\$gt":(\d+)/.exec(url.searchParams.get('query') ?? '')?.[1] ?? 0);
    const start = Number(url.searchParams.get('start') ?? 0);
    if (!url.pathname.includes(`/${kobo.form}/`)) return statusOnly(404)(request, response, url);
    kobo.asked.push({ path: url.pathname, after, start, authorization: request.headers.authorization });
    const instead = kobo.misbehave?.(request, url);
    if (instead) return instead(request, response, url);
    if (request.headers.authorization !== 'Token kobo-secret-token') return statusOnly(401)(request, response, url);
    const these: number[] | undefined = JSON.parse(url.searchParams.get('query') ?? '{}')._id?.$in;
    const found = kobo.submissions.filter(({ _id }) => (these ? these.includes(_id) : _id > after));
    const results = found.slice(start, start + kobo.pageSize);
    url.searchParams.set('start', String(start + kobo.pageSize));
    const next = start + kobo.pageSize < found.length ? url.href : null;
    return bodyOnly(JSON.stringify({ count: found.length, next, previous: null, results }))(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const kobo: KoboServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    form: '',
    submissions: [],
    pageSize: 2,
    misbehave: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return kobo;
}

const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta'];
const nameOf = (n: number): string => [...String(n * 7_919 + 10_007)].map((digit) => syllables[Number(digit)]).join('');

/** A household of one, whom nobody knows. The same number is the same submission. */
export const koboSubmission = (n: number): KoboSubmission => ({
  _id: n,
  _uuid: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  'meta/instanceID': `uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  _submission_time: '2026-01-16T10:00:00',
  _attachments: [],
  _validation_status: {},
  start: '2026-01-16T09:00:00',
  deviceid: 'x',
  'household/household': `K${n}`,
  'household/household_size': '1',
  'household/wilaya': '16',
  'household/commune': 'Alger Centre',
  'consents/consent': 'yes',
  'consents/consent_method': 'signature',
  language: 'fr',
  gps: '36.7538 3.0588 0 0',
  members: [
    {
      'members/given_name': nameOf(n),
      'members/family_name': nameOf(n + 500_000),
      'members/sex': 'female',
      'members/date_of_birth': `${1950 + (n % 50)}-0${1 + (n % 9)}-${10 + (n % 17)}`,
      'members/nationality': 'MLI',
      'members/relationship': 'head',
      'members/document_type': 'passport',
      'members/document_number': `K${n * 7_919}`,
    },
  ],
});
