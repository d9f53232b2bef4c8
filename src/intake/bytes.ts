import type { RoomColumns } from '../platform/index.ts';
import { chunkRows, fileKeys } from './chunks.ts';
import { contents } from './self-registration/code.ts';
import { codeVersions } from './self-registration/store.ts';

/** This room's columns of bytes. */
export const intakeColumns: RoomColumns = {
  sealed: [fileKeys, chunkRows, contents],
  unsealed: {
    'registration_files.content_index': 'keyed digest of a file, by which it is known when it comes again',
    'intake_keys.who': 'keyed digest of a submission and whom it entered: name, birth and documents',
    'intake_keys.key': 'keyed digest of the identifier that another system gave a submission',
    'referrals.content_index': 'keyed digest of what a partner wrote, to tell a repetition from a mistake',
  },
  derived: [{ name: 'codes of self-registrations', uses: codeVersions }],
};
