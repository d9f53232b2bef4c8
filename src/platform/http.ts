import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import * as validator from 'express-openapi-validator';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { Clock } from './clock.ts';
import type { Actor, Execute } from './command.ts';
import {
  type Contract,
  type OperationId,
  operationsOf,
  type PathParameters,
  type QueryParameters,
  type RequestBody,
  type ResponseBody,
} from './contract.ts';
import { DatabaseBusy, type Db, sqlState } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { errorForLog, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { Problem, problem } from './problems.ts';

/** A request that has passed the contract, as a room's route sees it. */
export interface Call<K extends OperationId> {
  /** Who asks. On a public operation, nobody with no role. */
  readonly actor: Actor;
  readonly params: PathParameters<K>;
  readonly query: QueryParameters<K>;
  readonly body: RequestBody<K>;
  readonly idempotencyKey: string | undefined;
  readonly ifMatch: string | undefined;
  readonly requestId: string;
  /** The caller's network address, for throttling alone. */
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
  /** Whether answers are checked against the contract too: in tests always. */
  readonly validateResponses: boolean;
  /** Pages beside the contract, such as the documentation. */
  readonly pages: RequestHandler;
}

interface KnownRequest extends Request {
  actor?: Actor;
  /** Why the caller could not be recognised; the validator would make every reason a plain 401. */
  unrecognised?: unknown;
}

const nobody: Actor = { id: '00000000-0000-0000-0000-000000000000', kind: 'user', grants: [], secondFactorAt: null };
const JSON_LIMIT = '1mb';
const FILE_LIMIT = '64mb';

/** Builds the HTTP application: every operation of the contract has its handler, and nothing else answers. */
export function createHttp(options: HttpOptions): Express {
  const { contract, routes, logger, metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(helmet({ contentSecurityPolicy: { directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } } }));
  app.use(requestLog(logger));
  app.use(timing(metrics));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const ready = await options.ready();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(options.pages);
  app.use('/v1', (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(express.json({ limit: JSON_LIMIT }), express.text({ type: 'text/csv', limit: FILE_LIMIT, defaultCharset: 'utf-8' }));
  app.use(
    validator.middleware({
      apiSpec: contract as never,
      validateApiSpec: false,
      validateRequests: { allErrors: true, coerceTypes: false },
      validateResponses: options.validateResponses,
      validateSecurity: {
        handlers: {
          bearer: async (request: KnownRequest) => {
            try {
              const [scheme, token] = (request.get('authorization') ?? '').split(' ');
              if (scheme?.toLowerCase() !== 'bearer' || !token) {
                throw problem.unauthenticated('Send "Authorization: Bearer" with a session token.');
              }
              request.actor = await options.authenticate(token);
              return true;
            } catch (error) {
              request.unrecognised = error;
              throw error;
            }
          },
        },
      },
    }),
  );
  for (const { id, method, path, successStatus } of operationsOf(contract)) {
    const handler = routes[id] as Handler<OperationId> | undefined;
    if (!handler) throw new Error(`the contract's operation ${id} has no route`);
    app[method](path, async (request: Request, response: Response) => {
      const answer = await handler({
        actor: (request as KnownRequest).actor ?? nobody,
        params: request.params,
        query: request.query,
        body: request.body,
        idempotencyKey: request.get('idempotency-key'),
        ifMatch: request.get('if-match'),
        requestId: String(request.id),
        address: request.ip ?? '',
      } as unknown as Call<OperationId>);
      await send(response, successStatus, answer);
    });
  }
  const known = new Set<string>(operationsOf(contract).map(({ id }) => id));
  const stray = Object.keys(routes).find((id) => !known.has(id));
  if (stray) throw new Error(`the route ${stray} is not in the contract`);
  app.use(() => {
    throw problem.not_found('There is nothing at this address.');
  });
  app.use(answerProblem);
  return app;
}

async function send(response: Response, status: number, answer: unknown): Promise<void> {
  if (answer instanceof Download) {
    response.status(status).type(answer.contentType).attachment(answer.filename);
    for await (const chunk of answer.chunks) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
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

// Express knows an error handler by its four parameters.
const answerProblem: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  const cause = (request as KnownRequest).unrecognised ?? error;
  const answer = problemFor(cause);
  if (answer.status >= 500) request.log.error({ err: cause }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (answer.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (answer.status === 503 || answer.code === 'in_progress') response.set('Retry-After', '1');
  response
    .status(answer.status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...answer.toJSON(), requestId: request.id }));
};

interface HttpError {
  readonly status: number;
  readonly message: string;
  readonly errors?: readonly { readonly path?: string; readonly message?: string }[];
}

const isHttpError = (error: unknown): error is HttpError => error instanceof Error && 'status' in error && typeof error.status === 'number';

/** The server refuses the connection, is starting, or has given out all it has (SQLSTATE 57P03, 53300). */
const noConnection = new Set(['ECONNREFUSED', '57P03', '53300']);

const databaseIsBusy = (error: unknown): boolean => error instanceof DatabaseBusy || noConnection.has(sqlState(error) ?? '');

function problemFor(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!isHttpError(error)) {
    return databaseIsBusy(error)
      ? problem.busy('The database has no connection to spare. Try again in a moment.')
      : problem.internal_error('The request was not carried out. Quote the request id when you report this.');
  }
  const places = (error.errors ?? []).map(({ path = '', message = '' }) => ({
    // The validator's paths read /body/amount or /query/limit; the pointer keeps that form.
    pointer: path,
    detail: message,
  }));
  switch (error.status) {
    case 400:
      return problem.invalid_request(
        places.length > 0
          ? 'Correct the places listed in "errors".'
          : 'The request cannot be read: check the address, and that the body is valid JSON.',
        {},
        places,
      );
    case 401:
      return problem.unauthenticated('Sign in first.');
    case 404:
      return problem.not_found('There is nothing at this address.');
    case 405:
      return problem.method_not_allowed('Use a method that the contract names for this address.');
    case 413:
      return problem.too_large('Send less at once.');
    case 415:
      return problem.unsupported_media_type('Send the content type that the contract names.');
    default:
      return error.status < 500
        ? problem.invalid_request('The request cannot be answered in this form.', {}, places)
        : problem.internal_error('The request was not carried out. Quote the request id when you report this.');
  }
}
