import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Actor } from './actor.ts';
import { DatabaseBusy, sqlState } from './database.ts';
import { type Language, languageWanted } from './languages.ts';
import { Problem, problem } from './problems.ts';
import { answerAndHangUp } from './uploads.ts';
import { say } from './words/index.ts';

/** The language in which somebody is answered: what they ask for, or else their own; English for those of whom neither is known. */
export const languageFor = (request: Request, response: Response): Language =>
  languageWanted(request.get('accept-language')) ?? (response.locals['actor'] as Actor | undefined)?.language ?? 'en';

// Express knows an error handler by its four parameters.
/** Answers whatever was thrown as `application/problem+json` (RFC 9457), in the language of who asked. Faults of ours are logged and not explained. */
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
  const language = languageFor(request, response);
  response.vary('Accept-Language').set('Content-Language', answer.languagesIn(language).join(', '));
  if (answer.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (answer.status === 503 || answer.code === 'in_progress') response.set('Retry-After', '1');
  const { retryAfterSeconds } = answer.facts;
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  response.status(answer.status).type('application/problem+json');
  const body = JSON.stringify({ ...answer.in(language), requestId: request.id });
  if (response.locals['upload'] && !request.complete) void answerAndHangUp(request, response, body);
  else response.send(body);
};

/** The server refuses the connection, is starting, or has given out all it has (SQLSTATE 57P03, 53300). */
const noConnection = new Set(['ECONNREFUSED', '57P03', '53300']);

function problemFor(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseBusy || noConnection.has(sqlState(error) ?? '')) {
    return problem.busy(say('no_connection'));
  }
  if (sqlState(error) === '22021') return problem.invalid_request(say('character_not_kept'));
  switch (statusOf(error)) {
    case 400:
      return problem.invalid_request(say('request_unreadable'));
    case 413:
      return problem.too_large(say('too_large'));
    case 415:
      return problem.unsupported_media_type(say('unsupported_media_type'));
    default:
      return problem.internal_error(say('internal_error'));
  }
}

// What Express and its body parsers throw carries a status.
const statusOf = (error: unknown): unknown => (error instanceof Error && 'status' in error ? error.status : undefined);
