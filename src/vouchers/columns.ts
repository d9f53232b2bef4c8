import type { RoomColumns } from '../platform/index.ts';
import { codeVersions } from './store.ts';

/** This room has no columns of bytes, and codes that are derived from the master keys. */
export const voucherColumns: RoomColumns = { derived: [{ name: 'codes of vouchers', uses: codeVersions }] };
