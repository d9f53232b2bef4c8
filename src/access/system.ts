import type { Actor } from '../platform/index.ts';

/** The platform itself, when it acts on nobody's behalf: jobs, first start, and sign-ins, whose actor is not known yet. It is audited like anybody. */
export const system: Actor = { id: '00000000-0000-0000-0000-000000000001', kind: 'system', grants: [], secondFactorAt: null };

/** Somebody who came to a public door, and of whom nothing is known. Whoever they enter is verified by a user, who is somebody else. */
export const passerBy: Actor = {
  id: '00000000-0000-0000-0000-000000000002',
  kind: 'public',
  grants: [{ role: 'public', scope: {} }],
  secondFactorAt: null,
};
