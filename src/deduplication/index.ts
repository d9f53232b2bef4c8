export { duplicateCheck, heldBeneficiaries } from './compare.ts';
export { deduplicationRoutes } from './routes.ts';
