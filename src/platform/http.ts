import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { Clock } from './clock.ts';
import type { Actor, Execute } from './command.ts';
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
import type { Db } from './database.ts';
import { answerProblem } from './http-problems.ts';
import type { KeyRing } from './key-ring.ts';
import { errorForLog, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { type ProblemBody, problem } from './problems.ts';
import { arrivesInTime, type UploadLimits, uploadOf } from './uploads.ts';
import { type OperationValidator, validatorOf } from './validation.ts';

/** A request that has passed the contract, as a room's route sees it. */
export interface Call<K extends OperationId> {
  /** Who asks. On a public operation, nobody with no role. */
  readonly actor: Actor;
  readonly params: PathParameters<K>;
  readonly query: QueryParameters<K>;
  readonly headers: HeaderParameters<K>;
  readonly body: ReceivedBody<K>;
  readonly idempotencyKey: string | undefined;
  readonly ifMatch: string | undefined;
  readonly requestId: string;
  /** The caller's network address as far as the proxies before us are trusted to tell it; for throttling alone. */
  readonly address: string;
}

/** An answer that is a file rather than JSON. */
export class Download {
  readonly contentType: string;
  readonly filename: string;
  readonly chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>;

  constructor(contentType: string, filename: string, chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>) {
    this.contentType = contentType;
    this.filename = filename;
    this.chunks = chunks;
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

export type Handler<K extends OperationId> = (call: Call<K>) => Promise<ResponseBody<K> | Versioned<ResponseBody<K>> | Download>;

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

export interface HttpOptions {
  readonly contract: Contract;
  readonly routes: Routes<OperationId>;
  /** @returns the actor that a bearer token stands for @throws Problem when it stands for nobody */
  authenticate(token: string): Promise<Actor>;
  /** Whether the database and the queues answer. */
  ready(): Promise<boolean>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly trustedProxies?: readonly string[];
  readonly uploads: UploadLimits;
  /** Whether answers are checked against the contract too: in tests always. */
  readonly validateResponses: boolean;
  /** Pages beside the contract, such as the documentation. */
  readonly pages: RequestHandler;
}

const nobody: Actor = { id: '00000000-0000-0000-0000-000000000000', kind: 'user', grants: [], secondFactorAt: null };
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
  app.use(helmet({ contentSecurityPolicy: { directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } } }));
  app.use(requestLog(logger));
  app.use(timing(metrics));
  app.use(arrivesInTime);
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const ready = await options.ready();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(options.pages);
  const validator = validatorOf(contract);
  for (const operation of operations) {
    const handler = routes[operation.id] as Handler<OperationId> | undefined;
    if (!handler) throw new Error(`the contract's operation ${operation.id} has no route`);
    const checks = validator(operation.definition);
    app[operation.method](
      operation.path,
      recognising(operation, options, checks),
      ...bodyParsers(operation),
      answering(operation, handler, checks, options),
    );
  }
  for (const path of new Set(operations.map((operation) => operation.path))) {
    app.all(path, () => {
      throw problem.method_not_allowed('Use a method that the contract names for this address.');
    });
  }
  app.use(() => {
    throw problem.not_found('There is nothing at this address.');
  });
  app.use(answerProblem);
  return app;
}

// Before a body is read, so that a stranger cannot have us read a large one.
function recognising(
  { isPublic, isForPartners, definition }: Operation,
  { authenticate, validateResponses }: HttpOptions,
  validator: OperationValidator,
): RequestHandler {
  return async (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    response.locals['upload'] = definition['x-streamed'] === true;
    // The contract speaks of what a caller does wrong; a fault of ours is the same everywhere.
    if (validateResponses)
      response.locals['checkProblem'] = (body: ProblemBody) => validator.checkResponse(body.status, 'application/problem+json', body);
    const actor = isPublic ? nobody : await authenticate(bearerToken(request));
    // The table of permissions says the same; a partner's key is turned away here already, whatever a route may forget to ask.
    if (actor.kind === 'partner' && !isForPartners) throw problem.forbidden("A partner's key is good for referrals alone.");
    response.locals['actor'] = actor;
    next();
  };
}

function bearerToken(request: Request): string {
  const [scheme, token] = (request.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token)
    throw problem.unauthenticated('Send "Authorization: Bearer" with a session token or a key.');
  return token;
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
  return async (request, response) => {
    const isStreamed: boolean = response.locals['upload'];
    if (validator.bodyTypes && (isStreamed || request.is('*/*')) && !request.is([...validator.bodyTypes])) {
      throw problem.unsupported_media_type(`Send ${validator.bodyTypes.join(' or ')}.`);
    }
    // Express reads the query anew each time it is asked, so the defaults are filled into one reading of it.
    const query = { ...request.query };
    const body = isStreamed ? uploadOf(request, options.uploads) : request.body;
    validator.checkRequest({ path: request.params, query, header: request.headers, body });
    const answer = await handler({
      actor: response.locals['actor'],
      params: request.params,
      query,
      headers: request.headers,
      body,
      idempotencyKey: request.get('idempotency-key'),
      ifMatch: request.get('if-match'),
      requestId: String(request.id),
      address: request.ip ?? '',
    } as unknown as Call<OperationId>);
    if (options.validateResponses) {
      const body = answer instanceof Versioned ? answer.body : answer;
      const [type, json] =
        answer instanceof Download
          ? [answer.contentType.split(';')[0] ?? '', '']
          : ['application/json', JSON.parse(JSON.stringify(body ?? null))];
      validator.checkResponse(operation.successStatus, type, body === undefined ? undefined : json);
    }
    await send(response, operation.successStatus, answer);
  };
}

async function send(response: Response, status: number, answer: unknown): Promise<void> {
  if (answer instanceof Download) {
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
