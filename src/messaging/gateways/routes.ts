import { authoriseRead, system } from '../../access/index.ts';
import { type Call, type Contract, type Ground, nothingHere, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { takeReceipts } from '../receipts/commands.ts';
import { gatewayById, gatewayCommands, noteTest } from './commands.ts';
import type { Surroundings } from './kinds.ts';
import type { Gateways } from './registry.ts';
import { allGateways, findGateway } from './store.ts';
import { whole } from './whole.ts';

type Operation = 'addGateway' | 'listGateways' | 'getGateway' | 'changeGateway' | 'testGateway' | 'takeReceipts';

/** It says nothing: whoever gets it by mistake learns nothing. */
const TEST_TEXT = 'Test 123';

export function gatewayRoutes(
  { db, execute }: Ground,
  { contract, surroundings, gateways }: { contract: Contract; surroundings: Surroundings; gateways: Gateways },
): Routes<Operation> {
  const { add, change } = gatewayCommands(contract, surroundings);
  return {
    addGateway: async ({ body, ...call }) => {
      const { gateway, version } = await execute(add, body, call);
      return new Versioned(gateway, version);
    },
    listGateways: async ({ actor }) => {
      authoriseRead(actor, 'messaging.read_gateways');
      return { items: (await allGateways(db)).map(({ gateway }) => gateway) };
    },
    getGateway: async ({ actor, params }) => {
      authoriseRead(actor, 'messaging.read_gateways');
      const { gateway, version } = await gatewayById(db, params.gatewayId);
      return new Versioned(gateway, version);
    },
    changeGateway: async ({ params, body, ifMatch, ...call }) => {
      const { gateway, version } = await execute(change, { id: params.gatewayId, version: versionIn(ifMatch), change: body }, call);
      return new Versioned(gateway, version);
    },
    testGateway: async ({ params, body, ...call }) => {
      const { reference } = await execute(noteTest, { id: params.gatewayId }, call);
      const gateway = gateways.apart(await gatewayById(db, params.gatewayId));
      try {
        const delivery = await gateway.send({ to: body.to, text: TEST_TEXT, reference });
        return { outcome: delivery.outcome, reference: delivery.outcome === 'accepted' ? delivery.reference : null };
      } finally {
        await gateway.close();
      }
    },
    takeReceipts: async ({ params, body, headers, address, requestId }) => {
      const stored = await findGateway(db, params.gatewayId);
      if (!stored) throw nothingHere();
      const report = {
        contentType: body.contentType,
        body: await whole(body.bytes),
        headers: headers as Call<'takeReceipts'>['headers'],
        address,
      };
      const receipts = gateways.read(stored, report);
      if (!receipts) throw nothingHere();
      if (receipts.length > 0) await execute(takeReceipts, { gatewayId: params.gatewayId, receipts }, { actor: system, requestId });
      return undefined;
    },
  };
}
