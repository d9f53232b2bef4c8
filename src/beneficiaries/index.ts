export { openPerson, type SealedPerson } from './sealing.ts';
