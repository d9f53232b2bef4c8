import { configure, ZipWriter } from '@zip.js/zip.js';
import { Encrypter } from 'age-encryption';
import type { ExportEncryption } from './export-types.ts';

configure({ useWebWorkers: false });

/** AES-256 (WinZip AE-2), which 7-Zip and the file managers of desktops open. */
const AES_256 = 3;
/** 2^14: the passphrase is random, so that stretching it adds nothing but memory. */
const SCRYPT_WORK_FACTOR = 14;

/** How a file is locked: with a passphrase, or to somebody's age key (`age1…`). */
export type Lock =
  | { readonly encryption: ExportEncryption; readonly passphrase: string }
  | { readonly encryption: 'age'; readonly recipient: string };

/** What an encrypted file is called and said to be. */
export const encryptedFile = (encryption: ExportEncryption, name: string): { contentType: string; filename: string } =>
  encryption === 'zip'
    ? { contentType: 'application/zip', filename: name.replace(/\.\w+$/, '.zip') }
    : { contentType: 'application/octet-stream', filename: `${name}.age` };

/**
 * Encrypts a file as it is taken; nothing of it is held.
 * @param name of the file within a ZIP
 */
export const encrypted = (plain: AsyncIterable<Buffer>, name: string, lock: Lock): AsyncIterable<Uint8Array> =>
  lock.encryption === 'zip' && 'passphrase' in lock ? zipped(plain, name, lock.passphrase) : aged(plain, lock);

// Node's own adapter throws where nobody can catch it when a stream is cancelled while a piece is on its way.
function streamOf(plain: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  const pieces = plain[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* zipped(plain: AsyncIterable<Buffer>, name: string, password: string): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const archive = new ZipWriter(writable, { password, encryptionStrength: AES_256 });
  const writing = archive.add(name, streamOf(plain)).then(() => archive.close());
  // A source that fails fails the reader too, who waits for what never comes otherwise.
  writing.catch((error) => writable.abort(error).catch(() => {}));
  yield* readable as unknown as AsyncIterable<Uint8Array>;
  await writing;
}

async function* aged(plain: AsyncIterable<Buffer>, lock: Lock): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter();
  if ('recipient' in lock) encrypter.addRecipient(lock.recipient);
  else {
    encrypter.setScryptWorkFactor(SCRYPT_WORK_FACTOR);
    encrypter.setPassphrase(lock.passphrase);
  }
  yield* (await encrypter.encrypt(streamOf(plain))) as unknown as AsyncIterable<Uint8Array>;
}

/** Whether a text is a public key that age encrypts to. */
export function isRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}
