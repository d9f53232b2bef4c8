import { awaitErrand, type Order, told } from './ground.ts';
import { redeeming } from './redeeming.ts';

// A process that carries out one redemption and is killed at some point of it.

const { redeem } = await redeeming(told<Order>());
awaitErrand(redeem);
