import type { RoomColumns } from '../platform/index.ts';
import { identities } from './collector-store.ts';
import { consentEvidence } from './consent-store.ts';
import { exportParts, passphrases } from './export-commands.ts';
import { profiles } from './match-profile.ts';
import { changes } from './person-changes.ts';
import { personColumns, personKeys } from './sealing.ts';

/** This room's columns of bytes. */
export const beneficiaryColumns: RoomColumns = {
  sealed: [personKeys, ...personColumns, changes, consentEvidence, identities, profiles, passphrases, exportParts],
  unsealed: {
    'person_exports.sha256': 'digest of an encrypted file',
    'phone_holds.phones_before': "what beneficiaries.phones held, byte for byte: sealed there, under the person's own key",
  },
};
