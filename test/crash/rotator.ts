import { system } from '../../src/access/index.ts';
import { KeyRing, rotateKeys } from '../../src/platform/index.ts';
import { columns } from '../../src/sealed-columns.ts';
import { awaitErrand, groundOf, type Order, told } from './ground.ts';

// A process that rotates the master key and is killed at some point of it.

/** What the test tells the process. */
export interface RotatorOrder extends Omit<Order, 'masterKey'> {
  /** In Base64, by version. */
  readonly masterKeys: readonly (readonly [number, string])[];
}

const { databaseUrl, masterKeys, indexKey } = told<RotatorOrder>();
const keyRing = new KeyRing(
  new Map(masterKeys.map(([version, key]) => [version, Buffer.from(key, 'base64')])),
  Buffer.from(indexKey, 'base64'),
);
const ground = groundOf(databaseUrl, keyRing, 2);

awaitErrand(() => rotateKeys({ ...ground, actor: system, batch: 2 }, columns, () => {}));
