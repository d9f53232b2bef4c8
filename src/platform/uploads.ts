import { once } from 'node:events';
import type { Request, RequestHandler, Response } from 'express';
import { malformed, problem } from './problems.ts';
import { say } from './words/index.ts';

/** The body of a request as it arrives. It is read once; nothing is read before somebody asks for it. */
export interface Upload {
  /** The header `Content-Type` with its parameters. */
  readonly contentType: string;
  /** @throws too_large, request_timeout or invalid_request when the sender sends too much, falls silent or leaves */
  readonly bytes: AsyncIterable<Buffer>;
}

export interface UploadLimits {
  readonly bytes: number;
  /** How long a sender may send nothing, in milliseconds. */
  readonly silenceMs: number;
}

/** How long an ordinary body may take to arrive, in milliseconds. */
const BODY_TIMEOUT_MS = 60_000;
/** How long a sender who is refused may go on sending before the line is cut, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * The body of a request as a stream.
 * @throws invalid_request when there is none, unsupported_media_type when it is compressed, too_large when it says so itself
 */
export function uploadOf(request: Request, limits: UploadLimits): Upload {
  if (!request.get('transfer-encoding') && !Number(request.get('content-length'))) {
    throw malformed([{ pointer: '/body', detail: say('required') }]);
  }
  if ((request.get('content-encoding') ?? 'identity') !== 'identity') {
    throw problem.unsupported_media_type(say('file_compressed'));
  }
  if (Number(request.get('content-length') ?? 0) > limits.bytes) throw tooLarge(limits);
  return { contentType: request.get('content-type') ?? '', bytes: arriving(request, limits) };
}

const tooLarge = ({ bytes }: UploadLimits) => problem.too_large(say('file_too_large', { mebibytes: Math.floor(bytes / 1024 ** 2) }));

async function* arriving(request: Request, limits: UploadLimits): AsyncGenerator<Buffer> {
  let received = 0;
  // The stream is left open when its reader stops early, so that the sender can still be answered.
  const chunks = request.iterator({ destroyOnReturn: false });
  for (;;) {
    const { done, value } = await nextOf(chunks, limits.silenceMs);
    if (done) return;
    received += value.length;
    if (received > limits.bytes) throw tooLarge(limits);
    yield value;
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>, silenceMs: number): Promise<IteratorResult<Buffer>> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(problem.request_timeout(say('file_fell_silent'))), silenceMs);
  });
  const next = chunks.next().catch(() => {
    throw problem.invalid_request(say('file_broke_off'));
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
    next.catch(() => {});
  }
}

/** Cuts off whoever takes longer than a minute to send an ordinary body. An upload has limits of its own. */
export const arrivesInTime: RequestHandler = (request, response, next) => {
  const timer = setTimeout(() => {
    if (!request.complete && !response.locals['upload']) request.destroy();
  }, BODY_TIMEOUT_MS);
  response.once('close', () => clearTimeout(timer));
  next();
};

/**
 * Answers a sender who is still sending: at once, and then hears them out for a moment, because a line that is cut under a sender takes
 * the answer with it.
 */
export async function answerAndHangUp(request: Request, response: Response, body: string): Promise<void> {
  response.set('Connection', 'close').set('Content-Length', String(Buffer.byteLength(body)));
  response.write(body);
  request.removeAllListeners('readable').on('error', () => {});
  request.resume();
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), LINGER_MS);
  await once(request, 'close', { signal: gone.signal }).catch(() => {});
  clearTimeout(timer);
  response.end();
}
