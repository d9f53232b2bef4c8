import { type Errand, type Order, redeeming } from './redeeming.ts';

// A process that carries out one redemption and is killed at some point of it.

const { redeem } = await redeeming(JSON.parse(process.argv[2] ?? '') as Order);
process.once('message', async (errand: Errand) => {
  process.send?.(await redeem(errand));
});
process.send?.('ready');
