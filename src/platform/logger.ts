import { type Logger, pino } from 'pino';

export type { Logger };

/** Names whose values never reach a log, wherever they stand. */
const secret = ['authorization', 'cookie', 'password', 'totp', 'code', 'token', 'secret', 'phone', 'name', 'names', 'document', 'body'];

/**
 * A structured logger (one JSON line each) that leaves secrets and personal data out.
 * @param destination where lines go; standard output unless a test listens
 */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: { service: 'sanad' },
    redact: {
      paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
      censor: '[redacted]',
    },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorForLog, error: errorForLog },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Of many errors at once, so many are told one by one. */
const MOST_ERRORS = 10;

/** What is logged of an error. PostgreSQL quotes the offending row in it, and knex the statement's values; neither is kept. */
export function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const database = 'severity' in error || 'schema' in error;
  return {
    type: error.name,
    message: database ? 'database error' : error.message,
    ...(error instanceof AggregateError ? { errors: error.errors.slice(0, MOST_ERRORS).map(errorForLog) } : {}),
    ...('code' in error ? { sqlState: error.code } : {}),
    ...('constraint' in error ? { constraint: error.constraint } : {}),
    ...('table' in error ? { table: error.table } : {}),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .join('\n'),
  };
}
