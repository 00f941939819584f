import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { findOrInstall } from './find-or-install.ts'
import { freePort } from './free-port.ts'
import { startProcess, temporaryFolder } from './start-process.ts'

const JAVA = { program: 'java', debianPackage: 'default-jre-headless' }

/** Amazon's own DynamoDB Local, in memory. */
export interface DynamoDbServer {
  /** The port on 127.0.0.1. */
  readonly port: number
  /** Makes a client of it, with as many tries for each request. Default 3. */
  client(options?: { port?: number; maxAttempts?: number }): DynamoDB
  /** Freezes it: connections stay open and nothing answers. */
  freeze(): void
  /** Lets it go on after `freeze`. */
  thaw(): void
  /** Ends it. Its data are gone. */
  stop(): Promise<void>
}

/**
 * Starts DynamoDB Local as the package `local-dynamo` brings it: of 2020, and the only one that a registry has. Of that package
 * nothing else is run.
 */
export async function startDynamoDb(): Promise<DynamoDbServer> {
  const java = await findOrInstall(JAVA)
  const port = await freePort()
  const manifest = createRequire(import.meta.url).resolve('local-dynamo/package.json')
  const home = join(dirname(manifest), 'aws_dynamodb_local')
  const program = ['-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar']
  const client = (options: { port?: number; maxAttempts?: number } = {}): DynamoDB =>
    new DynamoDB({
      endpoint: `http://127.0.0.1:${options.port ?? port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'tests', secretAccessKey: 'tests' },
      maxAttempts: options.maxAttempts ?? 3,
      requestHandler: { socketAcquisitionWarningTimeout: 60_000 }, // 200 visitors at once wait for 50 sockets
    })
  const probe = client({ maxAttempts: 1 })
  const running = await startProcess(
    java,
    [
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...program,
      '-inMemory',
      '-sharedDb',
      '-port',
      String(port),
    ],
    {
      cwd: home,
      folder: temporaryFolder('dynamodb'),
      ready: async () => (await probe.listTables({})).TableNames !== undefined,
      timeout: 60_000, // a Java machine on a busy processor
    },
  )
  probe.destroy()
  return {
    port,
    client,
    freeze: () => running.signal('SIGSTOP'),
    thaw: () => running.signal('SIGCONT'),
    stop: () => running.stop('SIGKILL'),
  }
}
