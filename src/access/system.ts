import type { Actor } from '../platform/index.ts';

/** The platform itself, when it acts by its own clock or is being set up. An actor like another: what it does is audited. */
export const system: Actor = {
  id: '00000000-0000-7000-8000-000000000001',
  kind: 'system',
  grants: [],
  secondFactorAt: null,
};
