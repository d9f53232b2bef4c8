import type { Actor } from '../platform/index.ts';

/** The platform itself, when it acts on nobody's behalf: jobs, first start, and sign-ins, whose actor is not known yet. It is audited like anybody. */
export const system: Actor = { id: '00000000-0000-0000-0000-000000000001', kind: 'system', grants: [], secondFactorAt: null };
