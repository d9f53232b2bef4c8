/** Why a pull did not come to its end. */
export type PullFailure =
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'not_found'
  | 'busy'
  | 'server_error'
  | 'unexpected_status'
  | 'unreadable'
  | 'next_elsewhere'
  | 'private_address'
  | 'no_progress'
  | 'not_accepted'
  | 'file_waiting';

/** A form on a KoboToolbox server whose submissions a programme takes in. Its token is never shown. */
export interface KoboConnection {
  readonly id: string;
  readonly programmeId: string;
  readonly serverUrl: string;
  readonly assetUid: string;
  /** The name of a saved column mapping. */
  readonly mapping: string | null;
  readonly everyMinutes: number;
  readonly takenSubmissions: number;
  /** Passed over because nobody can read them: without a number or a `_uuid`, too large or too deep. */
  readonly unreadableSubmissions: number;
  /** The first file from here that is not run by itself: a column is undecided, or it stopped. Nothing more is pulled meanwhile. */
  readonly waitingFileId: string | null;
  readonly pulledAt: string | null;
  readonly nextPullAt: string;
  /** How many pulls have failed since one succeeded. */
  readonly failures: number;
  readonly lastFailure: PullFailure | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface NewKoboConnection {
  readonly programmeId: string;
  readonly serverUrl: string;
  readonly assetUid: string;
  readonly token: string;
  readonly mapping: string | null;
  readonly everyMinutes: number;
}

export type KoboConnectionChange = { readonly [Field in 'token' | 'mapping' | 'everyMinutes']?: NewKoboConnection[Field] | undefined };

/** Hands submissions to intake as a registration file. @returns its identifier @throws Problem when intake does not take it */
export type ReceiveSubmissions = (file: {
  readonly programmeId: string;
  readonly mapping: string | null;
  /** A JSON list of submissions. */
  readonly bytes: Buffer;
  /** Who is held to have entered the people. */
  readonly enteredBy: string;
}) => Promise<string>;
