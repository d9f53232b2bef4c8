import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { Actor } from './actor.ts';
import type { Clock } from './clock.ts';
import type { Execute } from './command.ts';
import {
  type Contract,
  type HeaderParameters,
  type Operation,
  type OperationId,
  operationsOf,
  type PathParameters,
  type QueryParameters,
  type ReceivedBody,
  type ResponseBody,
} from './contract.ts';
import { type Credential, credentialOf } from './credentials.ts';
import { isFromOwnPage, refuseCrossSite } from './cross-site.ts';
import type { Db } from './database.ts';
import { answerProblem, languageFor } from './http-problems.ts';
import type { KeyRing } from './key-ring.ts';
import type { Language } from './languages.ts';
import { errorForLog, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { operationRouter } from './operation-router.ts';
import { type PersonRead, PURPOSE_HEADER, type ReadRecorder, RequestReads, readsOf } from './person-reads.ts';
import { nothingHere, Problem, type ProblemBody, problem } from './problems.ts';
import { arrivesInTime, type UploadLimits, uploadOf } from './uploads.ts';
import { type OperationValidator, validatorOf } from './validation.ts';
import { say } from './words/index.ts';

/** A request that has passed the contract, as a room's route sees it. */
export interface Call<K extends OperationId> {
  /** Who asks. On a public operation, a stranger. */
  readonly actor: Actor;
  readonly params: PathParameters<K>;
  readonly query: QueryParameters<K>;
  readonly headers: HeaderParameters<K>;
  readonly body: ReceivedBody<K>;
  readonly idempotencyKey: string | undefined;
  readonly ifMatch: string | undefined;
  readonly requestId: string;
  /** In which texts are answered. */
  readonly language: Language;
  /** The caller's network address as far as the proxies before us are trusted to tell it; for throttling alone. */
  readonly address: string;
  /** What the caller's program calls itself; anybody may write anything here. */
  readonly userAgent: string;
  /** Whether a browser says that a page of this server asks. */
  readonly isFromOwnPage: boolean;
  /** What a page has to send with every change; there where the session is held by a cookie. */
  readonly csrfToken: string | undefined;
  /** Whom the answer shows; a command keeps what it can of that with what it does. Undefined where nobody is shown. */
  readonly reads: RequestReads | undefined;
}

/** An answer that is a file rather than JSON. */
export class Download {
  readonly contentType: string;
  readonly filename: string;
  readonly chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>;
  /** The same as JSON, where the contract says where in it the people are whom the file shows. */
  readonly shows: unknown;

  constructor(contentType: string, filename: string, chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>, shows?: unknown) {
    this.contentType = contentType;
    this.filename = filename;
    this.chunks = chunks;
    this.shows = shows;
  }
}

/** JSON together with the version of the record it shows. */
export class Versioned<Body> {
  readonly body: Body;
  readonly version: number;

  constructor(body: Body, version: number) {
    this.body = body;
    this.version = version;
  }
}

/** JSON, or nothing, with headers beside it. */
export class WithHeaders<Body> {
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: Body, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.headers = headers;
  }
}

/** JSON of what has been begun and goes on in the background: 202 instead of what the operation answers otherwise. */
export class Accepted<Body> {
  readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }
}

type Answer<Body> = Body | Versioned<Body> | WithHeaders<Body> | Accepted<Body> | Download;

export type Handler<K extends OperationId> = (call: Call<K>) => Promise<Answer<ResponseBody<K>>>;

/** The operations that a room answers. */
export type Routes<K extends OperationId> = { readonly [Id in K]: Handler<Id> };

/** What every room's routes are handed. */
export interface Ground {
  /** For reads. */
  readonly db: Db;
  /** For changes: there is no other way. */
  readonly execute: Execute;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
}

/** Names a version for `ETag` and `If-Match` (RFC 9110 section 8.8.3). */
export const etag = (version: number): string => `"${version}"`;

/** How browsers are dealt with, which send a cookie whoever wrote the page. */
export interface BrowserRules {
  /** The name of the session's cookie. */
  readonly cookieName: string;
  /** Where people reach this server, `https://sanad.example.org`; without it, the host that a request names. */
  readonly publicOrigin?: string | undefined;
  /** For how many seconds a browser that came by TLS comes by nothing else (RFC 6797); 0 takes it back. */
  readonly hstsSeconds: number;
  /** What a page has to send with every change in the session that has this token. */
  csrfTokenOf(token: string): string;
}

export interface HttpOptions {
  readonly contract: Contract;
  readonly routes: Routes<OperationId>;
  /** @returns the actor that a credential stands for @throws Problem when it stands for nobody */
  authenticate(credential: Credential): Promise<Actor>;
  /** Counts a request. @throws Problem when the actor asks too often */
  slowDown(actor: Actor): Promise<void>;
  readonly browsers: BrowserRules;
  /** Who stands at an operation that asks for no token. */
  readonly stranger: Actor;
  /** @throws Problem when no role of an actor has a permission: before a body is read, and whatever a route may forget to ask */
  authorise(actor: Actor, permission: string): Promise<void> | void;
  /** Whether the database and the queues answer. */
  ready(): Promise<boolean>;
  /** Keeps who was shown whom. No answer that shows people leaves before its record is kept. */
  readonly reads: ReadRecorder;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Who may read them; to everybody else there is nothing at that address. */
  readonly metricsFor: 'anybody' | 'nobody' | { readonly token: string };
  readonly trustedProxies?: readonly string[];
  readonly uploads: UploadLimits;
  /** Whether answers are checked against the contract too: in tests always. */
  readonly validateResponses: boolean;
  /** Pages beside the contract, such as the documentation. */
  readonly pages: RequestHandler;
}

const JSON_LIMIT = '1mb';
/** For those who are not known yet. */
const PUBLIC_LIMIT = '16kb';
const FILE_LIMIT = '64mb';

/** Builds the HTTP application: every operation of the contract has its handler, and nothing else answers. */
export function createHttp(options: HttpOptions): Express {
  const { contract, routes, logger, metrics } = options;
  const operations = operationsOf(contract);
  const known = new Set<string>(operations.map(({ id }) => id));
  const stray = Object.keys(routes).find((id) => !known.has(id));
  if (stray) throw new Error(`the route ${stray} is not in the contract`);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustedProxies ?? []);
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
      strictTransportSecurity: { maxAge: options.browsers.hstsSeconds },
    }),
  );
  app.use(requestLog(logger));
  app.use(timing(metrics));
  app.use(arrivesInTime);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const ready = await options.ready();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  app.get('/metrics', async (request, response) => {
    if (!mayRead(options.metricsFor, request.get('authorization'))) throw nothingHere();
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(options.pages);
  const validator = validatorOf(contract);
  const addresses = operationRouter();
  app.use(addresses.lead);
  for (const operation of operations) {
    const handler = routes[operation.id] as Handler<OperationId> | undefined;
    if (!handler) throw new Error(`the contract's operation ${operation.id} has no route`);
    const checks = validator(operation.definition);
    addresses
      .at(operation.path)
      [operation.method](
        operation.path,
        recognising(operation, options, checks),
        ...bodyParsers(operation),
        answering(operation, handler, checks, options),
      );
  }
  for (const path of new Set(operations.map((operation) => operation.path))) {
    addresses.at(path).all(path, () => {
      throw problem.method_not_allowed(say('method_not_allowed'));
    });
  }
  app.use(() => {
    throw nothingHere();
  });
  app.use(answerProblem);
  return app;
}

function mayRead(metricsFor: HttpOptions['metricsFor'], authorization = ''): boolean {
  if (typeof metricsFor === 'string') return metricsFor === 'anybody';
  // Digests have one length, and comparing them tells nothing of how much of the token was right.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization), digest(`Bearer ${metricsFor.token}`));
}

// Before a body is read, so that a stranger cannot have us read a large one.
function recognising(
  { isPublic, permission, definition }: Operation,
  { authenticate, authorise, stranger, slowDown, browsers, validateResponses }: HttpOptions,
  validator: OperationValidator,
): RequestHandler {
  return async (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    response.vary('Authorization').vary('Cookie');
    response.locals['upload'] = definition['x-streamed'] === true;
    // The contract speaks of what a caller does wrong; a fault of ours is the same everywhere.
    if (validateResponses)
      response.locals['checkProblem'] = (body: ProblemBody) => validator.checkResponse(body.status, 'application/problem+json', body);
    const credential = isPublic ? undefined : credentialOf(request, browsers.cookieName);
    const csrfToken = credential?.transport === 'cookie' ? browsers.csrfTokenOf(credential.token) : undefined;
    if (csrfToken !== undefined) refuseCrossSite(request, csrfToken, browsers.publicOrigin);
    const actor = credential ? await authenticate(credential) : stranger;
    response.locals['actor'] = actor;
    await slowDown(actor);
    if (permission) await authorise(actor, permission);
    response.locals['csrfToken'] = csrfToken;
    next();
  };
}

function bodyParsers({ isPublic, definition }: Operation): RequestHandler[] {
  const { requestBody } = definition;
  if (!requestBody || definition['x-streamed']) return [];
  const isJson = 'application/json' in requestBody.content;
  return [
    isJson
      ? express.json({ limit: isPublic ? PUBLIC_LIMIT : JSON_LIMIT })
      : express.text({ type: 'text/csv', limit: FILE_LIMIT, defaultCharset: 'utf-8' }),
  ];
}

/** One operation: who asks, what the contract says of it, the handler, and the answer. */
function answering(
  operation: Operation,
  handler: Handler<OperationId>,
  validator: OperationValidator,
  options: HttpOptions,
): RequestHandler {
  const readsIn = readsOf(operation, options.contract);
  return async (request, response) => {
    const isStreamed: boolean = response.locals['upload'];
    if (validator.bodyTypes && (isStreamed || request.is('*/*')) && !request.is([...validator.bodyTypes])) {
      throw problem.unsupported_media_type(say('other_type_wanted', { types: validator.bodyTypes.join(', ') }));
    }
    // Express reads the query anew each time it is asked, so the defaults are filled into one reading of it.
    const query = { ...request.query };
    const body = isStreamed ? uploadOf(request, options.uploads) : request.body;
    validator.checkRequest({ path: request.params, query, header: request.headers, body });
    const language = languageFor(request, response);
    const actor: Actor = response.locals['actor'];
    const { params } = request;
    const asked = { actor, params, stated: request.get(PURPOSE_HEADER), requestId: String(request.id) };
    const reads = readsIn && new RequestReads((answer) => readsIn(asked, answer));
    const answer = await handler({
      actor,
      params,
      query,
      headers: request.headers,
      body,
      // What is read is read anew: an answer about a person is not kept beside them.
      idempotencyKey: request.method === 'GET' ? undefined : request.get('idempotency-key'),
      ifMatch: request.get('if-match'),
      requestId: String(request.id),
      language,
      address: request.ip ?? '',
      userAgent: request.get('user-agent') ?? '',
      isFromOwnPage: isFromOwnPage(request, options.browsers.publicOrigin),
      csrfToken: response.locals['csrfToken'],
      reads,
    } as unknown as Call<OperationId>);
    const status = answer instanceof Accepted ? 202 : operation.successStatus;
    const shown = shownBy(answer);
    if (options.validateResponses) {
      const [type, json] =
        answer instanceof Download
          ? [answer.contentType.split(';')[0] ?? '', '']
          : ['application/json', JSON.parse(JSON.stringify(shown ?? null))];
      validator.checkResponse(status, type, shown === undefined && !(answer instanceof Download) ? undefined : json);
    }
    await record(request, reads?.leftOf(shown) ?? [], options.reads);
    if (validator.hasTexts) response.vary('Accept-Language').set('Content-Language', language);
    await send(response, status, answer instanceof Accepted ? shown : answer);
  };
}

/** What an answer shows, whatever it is wrapped in. */
function shownBy(answer: unknown): unknown {
  if (answer instanceof Download) return answer.shows;
  return answer instanceof Versioned || answer instanceof WithHeaders || answer instanceof Accepted ? answer.body : answer;
}

/** Keeps whom an answer shows, before it is sent. @throws not_recorded when that cannot be kept */
async function record(request: Request, shown: readonly PersonRead[], reads: ReadRecorder): Promise<void> {
  if (shown.length === 0) return;
  try {
    await reads.record(shown);
  } catch (error) {
    if (error instanceof Problem) throw error;
    request.log.error({ err: error }, 'readings of people cannot be recorded');
    throw problem.not_recorded(say('not_recorded'));
  }
}

async function send(response: Response, status: number, answer: unknown): Promise<void> {
  if (answer instanceof WithHeaders) {
    response.set(answer.headers);
    await send(response, status, answer.body);
  } else if (answer instanceof Download) {
    // A name says a type too, so it comes first.
    response.status(status).attachment(answer.filename).type(answer.contentType);
    // A caller who leaves in the middle ends it.
    await pipeline(Readable.from(answer.chunks), response).catch(() => response.destroy());
  } else if (answer instanceof Versioned) {
    response.status(status).set('ETag', etag(answer.version)).json(answer.body);
  } else if (answer === undefined) {
    response.status(status).end();
  } else {
    response.status(status).json(answer);
  }
}

function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // The query may hold a search for a person, so it is left out.
    wrapSerializers: false,
    serializers: {
      err: errorForLog,
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, path: url.split('?')[0] }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
    // Who asked, by identifier, and why they were refused: an attempt at what is not allowed is found in the log as well.
    customProps: (_request, response) => {
      const { actor, refusal } = (response as Response).locals as { actor?: Actor; refusal?: string };
      return { ...(actor ? { actorId: actor.id, actorKind: actor.kind } : {}), ...(refusal ? { refusal } : {}) };
    },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    autoLogging: { ignore: ({ url }) => url === '/healthz' || url === '/readyz' || url === '/metrics' },
  }) as RequestHandler;
}

function timing(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const stop = metrics.requestSeconds.startTimer();
    response.once('finish', () => {
      stop({ method: request.method, route: request.route?.path ?? 'none', status: response.statusCode });
    });
    next();
  };
}
