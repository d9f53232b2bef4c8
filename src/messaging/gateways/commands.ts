import { raiseAlert } from '../../access/index.ts';
import {
  brokenConstraint,
  type Command,
  type Contract,
  command,
  malformed,
  newId,
  type Problem,
  type ProblemPlace,
  problem,
  schemaCheck,
} from '../../platform/index.ts';
import { say } from '../words.ts';
import { openCredentials, sealCredentials } from './credentials.ts';
import { handsAfter } from './hands.ts';
import { kinds, type Surroundings } from './kinds.ts';
import { findGateway, insertGateway, updateGateway } from './store.ts';
import type { Credentials } from './template.ts';
import type { GatewayChange, GatewayKind, GatewayRecord, NewGateway, ShownGateway, StoredGateway } from './types.ts';

const subjectOf = (id: string) => ({ type: 'gateway', id });
const nameTaken = (): Problem => problem.conflict(say('gateway_name_taken'));

/** @throws not_found */
export async function gatewayById(db: Parameters<typeof findGateway>[0], id: string): Promise<StoredGateway> {
  const found = await findGateway(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** Everything that administrators do to gateways. They belong to no programme: what is sent by them is everybody's. */
export function gatewayCommands(contract: Contract, surroundings: Surroundings) {
  const checks = Object.fromEntries(Object.entries(kinds).map(([kind, { schema }]) => [kind, schemaCheck(contract, schema)]));

  /** Settings with the contract's defaults. @throws invalid_request naming what is wrong */
  function checked(kind: GatewayKind, settings: object, credentials: Credentials): GatewayRecord['settings'] {
    const filled = structuredClone(settings);
    const faults: ProblemPlace[] = (checks[kind]?.(filled) ?? []).map(({ pointer = '', ...rest }) => ({
      pointer: `/body/settings${pointer}`,
      ...rest,
    }));
    if (faults.length === 0) faults.push(...kinds[kind].faults({ settings: filled, credentials }, surroundings));
    if (faults.length > 0) throw malformed(faults);
    return filled as GatewayRecord['settings'];
  }

  /** Sets a gateway up, switched off. @throws invalid_request; conflict when the name is taken */
  const add: Command<NewGateway, ShownGateway> = command({
    name: 'messaging.add_gateway',
    scope: () => ({}),
    async run({ tx, actor, now, keyRing }, { credentials: secrets = {}, settings, ...input }) {
      const id = newId();
      const gateway: GatewayRecord = {
        id,
        ...input,
        settings: checked(input.kind, settings, secrets),
        enabled: false,
        changedBy: [actor.id],
        enabledBy: null,
        failures: 0,
        closedUntil: null,
        createdAt: now.toISOString(),
      };
      try {
        await insertGateway(tx, gateway, sealCredentials(keyRing, id, secrets), actor.id);
      } catch (error) {
        throw brokenConstraint(error) === 'gateways_name_once' ? nameTaken() : error;
      }
      return { result: { gateway, version: 1 }, subject: subjectOf(id), after: gateway };
    },
  });

  /**
   * Changes a gateway that is still as the caller read it. Other settings need the credentials again: nobody gets at them by naming a server of
   * their own. Nobody enables what they changed themselves, and each enabling raises an alert.
   * @throws not_found; invalid_request; separation_of_duties; conflict when it has changed since, or the name is taken
   */
  const change: Command<{ id: string; version: number; change: GatewayChange }, ShownGateway> = command({
    name: 'messaging.change_gateway',
    scope: () => ({}),
    async run({ tx, actor, now, keyRing }, { id, version, change: asked }) {
      const { credentials: given, settings: givenSettings, ...wanted } = asked;
      const { gateway: before, credentials: sealed } = await gatewayById(tx, id);
      const kept = openCredentials(keyRing, id, sealed);
      if (givenSettings && !given && Object.keys(kept).length > 0) {
        throw malformed([{ pointer: '/body/credentials', detail: say('gateway_credentials_again') }]);
      }
      const settings = givenSettings || given ? checked(before.kind, givenSettings ?? before.settings, given ?? kept) : before.settings;
      const secrets = givenSettings || given ? sealCredentials(keyRing, id, given ?? kept) : sealed;
      try {
        const hands = handsAfter(before, asked, actor.id);
        const after = await updateGateway(tx, id, version, { ...before, ...wanted, settings, ...hands }, secrets);
        if (!after) throw problem.conflict(say('gateway_changed'));
        if (after.gateway.enabled && !before.enabled) {
          await raiseAlert(tx, now, {
            kind: 'messaging.gateway_enabled',
            subject: subjectOf(id),
            by: actor.id,
            facts: { version: after.version },
          });
        }
        const result = { gateway: after.gateway, version: after.version };
        return { result, subject: subjectOf(id), before, after: after.gateway };
      } catch (error) {
        throw brokenConstraint(error) === 'gateways_name_once' ? nameTaken() : error;
      }
    },
  });

  return { add, change };
}

/**
 * Notes that somebody has a test sent.
 * @returns the reference that it carries; a repeated request is the same message
 */
export const noteTest = command<{ id: string }, { reference: string }>({
  name: 'messaging.test_gateway',
  scope: () => ({}),
  async run({ tx }, { id }) {
    await gatewayById(tx, id);
    return { result: { reference: newId() }, subject: subjectOf(id) };
  },
});
