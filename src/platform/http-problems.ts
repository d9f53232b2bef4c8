import type { ErrorRequestHandler } from 'express';
import { DatabaseBusy, sqlState } from './database.ts';
import { Problem, problem } from './problems.ts';
import { answerAndHangUp } from './uploads.ts';

// Express knows an error handler by its four parameters.
/** Answers whatever was thrown as `application/problem+json` (RFC 9457). Faults of ours are logged and not explained. */
export const answerProblem: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  let answer = problemFor(error);
  if (answer.status < 500) {
    try {
      response.locals['checkProblem']?.(answer.toJSON());
    } catch (breach) {
      request.log.error({ err: breach }, 'an answer breaks the contract');
      answer = problemFor(breach);
    }
  }
  response.locals['refusal'] = answer.code;
  if (answer.status >= 500) request.log.error({ err: error }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (answer.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (answer.status === 503 || answer.code === 'in_progress') response.set('Retry-After', '1');
  const { retryAfterSeconds } = answer.facts;
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  response.status(answer.status).type('application/problem+json');
  const body = JSON.stringify({ ...answer.toJSON(), requestId: request.id });
  if (response.locals['upload'] && !request.complete) void answerAndHangUp(request, response, body);
  else response.send(body);
};

/** The server refuses the connection, is starting, or has given out all it has (SQLSTATE 57P03, 53300). */
const noConnection = new Set(['ECONNREFUSED', '57P03', '53300']);

function problemFor(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseBusy || noConnection.has(sqlState(error) ?? '')) {
    return problem.busy('The database has no connection to spare. Try again in a moment.');
  }
  if (sqlState(error) === '22021') return problem.invalid_request('A text holds a character that cannot be stored. Leave it out.');
  switch (statusOf(error)) {
    case 400:
      return problem.invalid_request('The request cannot be read: check the address, and that the body is valid JSON.');
    case 413:
      return problem.too_large('Send less at once.');
    case 415:
      return problem.unsupported_media_type('Send the content type and the character set that the contract names.');
    default:
      return problem.internal_error('The request was not carried out. Quote the request id when you report this.');
  }
}

// What Express and its body parsers throw carries a status.
const statusOf = (error: unknown): unknown => (error instanceof Error && 'status' in error ? error.status : undefined);
