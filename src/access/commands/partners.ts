import { brokenConstraint, command, newId, problem } from '../../platform/index.ts';
import { insertPartner } from '../partner-store.ts';
import type { Partner } from '../types.ts';
import { say } from '../words.ts';

/** Makes an organisation known, which may do nothing until it has a key. @throws conflict when one has that name already */
export const createPartner = command<{ name: string }, Partner>({
  name: 'access.create_partner',
  scope: () => ({}),
  async run({ tx, actor, now }, { name }) {
    const partner: Partner = { id: newId(), name, createdAt: now.toISOString() };
    try {
      await insertPartner(tx, partner, actor.id);
    } catch (error) {
      if (brokenConstraint(error) === 'partners_name_key') throw problem.conflict(say('partner_name_taken'));
      throw error;
    }
    return { result: partner, subject: { type: 'partner', id: partner.id }, after: partner };
  },
});
