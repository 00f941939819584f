import { STATUS_CODES } from 'node:http'
import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common'
import { BaseExceptionFilter } from '@nestjs/core'
import { isSessionError } from '../../../src/core/errors.ts'

/**
 * Answers for the library's errors with the status they have, and for all others as Nest does.
 *
 * Without it Nest asks for `statusCode` and `expose`, which they have not, and makes each a 500.
 */
export class StatusFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(isSessionError(error) ? httpExceptionOf(error.status) : error, host)
  }
}
Catch()(StatusFilter)

function httpExceptionOf(status: number): HttpException {
  return new HttpException(STATUS_CODES[status] ?? 'Error', status)
}
