import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { Decrypter } from 'age-encryption';
import type supertest from 'supertest';
import { readTable } from '../../src/platform/index.ts';
import type { Client, TestPlatform } from './platform.ts';

/** An export as the API shows it, as far as tests look. */
export interface ShownExport {
  readonly id: string;
  readonly state: string;
  readonly [field: string]: unknown;
}

/** Asks for an export and has it written. */
export async function requestExport(
  platform: TestPlatform,
  by: Client,
  programmeId: string,
  form: object,
): Promise<{ id: string; passphrase: string | null; shown: ShownExport }> {
  const { body } = await by.post(`/v1/programmes/${programmeId}/beneficiary-exports`, form).set('Sanad-Purpose', 'monitoring').expect(202);
  await platform.settled();
  const shown = (await by.get(`/v1/beneficiary-exports/${body.export.id}`).expect(200)).body;
  return { id: body.export.id, passphrase: body.passphrase, shown };
}

/** Takes an answer for the bytes that it is. */
export const asBytes = (test: supertest.Test): supertest.Test =>
  test.buffer(true).parse((response, done) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part)).on('end', () => done(null, Buffer.concat(parts)));
  });

/** The one file in an encrypted ZIP. @throws Error when the password is not its */
export async function unzip(bytes: Buffer, password: string): Promise<{ name: string; content: Buffer }> {
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])), { useWebWorkers: false });
  const [entry] = await reader.getEntries();
  if (!entry || entry.directory) throw new Error('the archive holds no file');
  if (!entry.encrypted) throw new Error('the file in the archive is not encrypted');
  const content = Buffer.from(await entry.getData(new Uint8ArrayWriter(), { password, useWebWorkers: false }));
  return { name: entry.filename, content };
}

/** What age encrypted. @throws Error when neither fits */
export async function unage(bytes: Buffer, key: { readonly passphrase: string } | { readonly identity: string }): Promise<Buffer> {
  const decrypter = new Decrypter();
  if ('identity' in key) decrypter.addIdentity(key.identity);
  else decrypter.addPassphrase(key.passphrase);
  return Buffer.from(await decrypter.decrypt(new Uint8Array(bytes)));
}

/** The refused rows of a registration file, as whoever corrects them gets them. */
export async function refusedRowsOf(
  platform: TestPlatform,
  by: Client,
  fileId: string,
  language: 'ar' | 'fr' | 'en' = 'en',
): Promise<{ name: string; content: Buffer; text: string }> {
  const asked = { reason: 'To be corrected in the field', language, encryption: 'zip' };
  const path = `/v1/registration-files/${fileId}/refused-rows/exports`;
  const { body } = await by.post(path, asked).set('Sanad-Purpose', 'correction').expect(202);
  await platform.settled();
  const file = await asBytes(by.get(`/v1/beneficiary-exports/${body.export.id}/file`)).expect(200);
  const plain = await unzip(file.body, body.passphrase);
  return { ...plain, text: plain.content.toString() };
}

/** The rows of a file with the header first. */
export async function tableIn(bytes: Buffer, format: 'csv' | 'xlsx'): Promise<string[][]> {
  const type = format === 'csv' ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  const { header, rows } = await readTable(
    (async function* () {
      yield bytes;
    })(),
    type,
  );
  const table = [[...header]];
  for await (const { cells } of rows) table.push([...cells]);
  return table;
}
