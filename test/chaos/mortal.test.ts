import { expect, it } from 'vitest';
import { redisProcess } from './mortal.ts';

it('goes without Redis where there is none, but not in the long form', async () => {
  expect(await redisProcess(false, 'no-such-server')).toBe(undefined);
  await expect(redisProcess(true, 'no-such-server')).rejects.toThrow('There is no no-such-server on this machine.');
});
