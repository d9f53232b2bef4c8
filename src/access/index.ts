export { authenticate } from './authenticate.ts';
export { authorise, authoriseRead } from './authorise.ts';
export { bootstrapUser } from './bootstrap.ts';
export { type PermissionName, permissions, type Role, roles } from './permissions.ts';
export { accessRoutes } from './routes.ts';
export { type ScopeColumns, scopeCondition } from './scope-condition.ts';
export { passerBy, system } from './system.ts';
export { totpCode } from './totp.ts';
export type { NewRole, NewUser } from './types.ts';
