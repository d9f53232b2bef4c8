import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import type { ResponseBody } from '../../src/platform/index.ts';
import type { ApiClient } from '../support/api-client.ts';

const WAIT_MS = 100;

/** Waits until an export that was asked for is written, and fetches it. @returns the encrypted file, and what is in it */
export async function takeExport(
  api: ApiClient,
  { export: { id }, passphrase }: ResponseBody<'createBeneficiaryExport'>,
): Promise<{ bytes: Buffer; text: string }> {
  const file = { params: { exportId: id } };
  while ((await api.call('getBeneficiaryExport', file)).state === 'preparing') await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  const bytes = await api.bytes('downloadBeneficiaryExport', file);
  return { bytes, text: await unzip(bytes, passphrase ?? '') };
}

async function unzip(bytes: Buffer, password: string): Promise<string> {
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])), { useWebWorkers: false });
  const [entry] = await reader.getEntries();
  if (!entry || entry.directory) throw new Error('the archive holds no file');
  return entry.getData(new TextWriter(), { password, useWebWorkers: false });
}
