import type { RoomColumns } from '../platform/index.ts';

/** This room's columns of bytes. */
export const auditColumns: RoomColumns = {
  unsealed: {
    'record_seals.digest': 'hash over rows that hold identifiers and codes only',
    'audit_leaves.hash': 'hash of an event, which itself holds digests only',
    'audit_nodes.hash': 'hash over such hashes',
    'audit_heads.root': 'hash over all of them',
  },
};
