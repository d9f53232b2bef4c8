export { changeFund } from './change-fund.ts';
export { createFund } from './create-fund.ts';
