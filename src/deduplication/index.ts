export { duplicateCheck, heldBeneficiaries } from './compare.ts';
export { deduplicationRoutes } from './routes.ts';
export { holds } from './store.ts';
