import { describe, expect, it } from 'vitest';
import { verifyAssertion, verifyAttestation } from './verify.ts';

// W3C Web Authentication Level 3, section 16 "Test Vectors": the relying party is example.org. Whether the user was verified stands in the
// third bit of the flags, after the digest of the domain.
const party = { id: 'example.org', origin: 'https://example.org' };

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const encoded = (hex: string): string => bytes(hex).toString('base64url');

const registrations = {
  /** 16.2, without user verification. */
  unverified: {
    id: 'f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4',
    challenge: '00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130',
    clientData:
      '7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c453551227d',
    attestation:
      'a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220',
  },
  /** 16.3, with it. */
  verified: {
    id: '455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c',
    challenge: '7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5',
    clientData:
      '7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374334c55745936366b336a506a796e6962506b31716e666644616966715a774c33417032392d55222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a205539685458764b453255526b4d6e625f307859485667227d',
    attestation:
      'a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2',
  },
} as const;

const authentications = {
  /** 16.2, without user verification. */
  unverified: {
    id: 'f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4',
    publicKey:
      'a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220',
    challenge: '39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408',
    clientData:
      '7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d',
    authenticatorData: 'bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000',
    signature:
      '3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87',
  },
  /** 16.4, with it, in a frame of another site's. */
  framed: {
    id: '6e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57',
    publicKey:
      'a501020326200121582022200a473f90b11078851550d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a8191be11756e4c0420e72f65b466d39bc56b8b123a9c6e',
    challenge: '876aa517ba83fdee65fcffdbca4c84eeae5d54f8041a1fc85c991e5bbb273137',
    clientData:
      '7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a226832716c463771445f65356c5f505f62796b7945377135645650674547685f49584a6b655737736e4d5463222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a2039327063545644304162792d713464746d6a36656667227d',
    authenticatorData: 'bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50500000000',
    signature:
      '3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf',
  },
  /** 16.7, with it. */
  verified: {
    id: 'c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5',
    publicKey:
      'a50102032620012158201cf27f25da591208a4239c2e324f104f585525479a29edeedd830f48e77aeae522582059e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c423',
    challenge: 'b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5',
    clientData:
      '7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a2273524276704770587676463446524841565833496d4b4130453958773858306b526a44426c4d6668726255222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20415a4d77794d78496244382d756775464e7036723851227d',
    authenticatorData: 'bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000',
    signature:
      '30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b0819c824218a97152cd099c55bfb1477b29d900a49a64018314f9bfccda163',
  },
} as const;

function made(name: keyof typeof registrations, at = party) {
  const { id, challenge, clientData, attestation } = registrations[name];
  const response = { clientDataJSON: encoded(clientData), attestationObject: encoded(attestation) };
  return verifyAttestation(at, bytes(challenge), { id: encoded(id), rawId: encoded(id), type: 'public-key', response });
}

function signed(
  name: keyof typeof authentications,
  change: { challenge?: string; signature?: string; publicKey?: string } = {},
  at = party,
) {
  const vector = { ...authentications[name], ...change };
  const { id, challenge, publicKey, clientData, authenticatorData, signature } = vector;
  const response = {
    clientDataJSON: encoded(clientData),
    authenticatorData: encoded(authenticatorData),
    signature: encoded(signature),
  };
  const key = { challenge: bytes(challenge), publicKey: bytes(publicKey) };
  return verifyAssertion(at, key, { id: encoded(id), rawId: encoded(id), type: 'public-key', response });
}

describe('the test vectors of WebAuthn Level 3', () => {
  it('takes a passkey that was made with the user verified, and reads its key', async () => {
    const { id, attestation } = registrations.verified;
    const passkey = await made('verified');
    expect(passkey?.credentialId).toEqual(bytes(id));
    expect(attestation.endsWith(passkey?.publicKey.toString('hex') ?? 'none')).toBe(true);
    expect(passkey).toMatchObject({ signCount: 0, isSynced: true });
  });

  it('refuses one that was made without, or for another site', async () => {
    expect(await made('unverified')).toBeNull();
    expect(await made('verified', { ...party, id: 'example.com' })).toBeNull();
    expect(await made('verified', { ...party, origin: 'https://login.example.org' })).toBeNull();
  });

  it('takes an assertion with the user verified, of an authenticator that does not count', async () => {
    expect(await signed('verified')).toBe(0);
  });

  it('refuses one without, one from a frame, and one for another site', async () => {
    expect(await signed('unverified')).toBeNull();
    expect(await signed('framed')).toBeNull();
    expect(await signed('verified', {}, { ...party, id: 'example.com' })).toBeNull();
    expect(await signed('verified', {}, { ...party, origin: 'http://example.org' })).toBeNull();
  });

  it('refuses another challenge, another key and another signature', async () => {
    const { challenge, publicKey, signature } = authentications.framed;
    expect(await signed('verified', { challenge })).toBeNull();
    expect(await signed('verified', { publicKey })).toBeNull();
    expect(await signed('verified', { signature })).toBeNull();
  });
});
