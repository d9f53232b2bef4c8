import type { Client, TestPlatform } from './platform.ts';

/**
 * Has another administrator confirm a key, without whom it opens nothing.
 * @param path where the holder's keys are
 * @returns the key as it was made
 */
export async function confirmed<Key extends { readonly id: string }>(platform: TestPlatform, path: string, key: Key): Promise<Key> {
  const second = await platform.as('administrator');
  await second.post(`${path}/${key.id}/confirm`).expect(200);
  return key;
}

/** A key that one administrator has made and another confirmed. */
export const confirmedKey = async (platform: TestPlatform, maker: Client, path: string, use: object) =>
  confirmed(platform, path, (await maker.post(path, use).expect(201)).body);
