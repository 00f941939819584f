import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { plainPath } from '../../src/app/plain-path.ts'

function request(url: string, { method = 'GET', host = 'shop.example' } = {}): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, url, headers: { host } })
}

test.each([
  ['/', '/'],
  ['/users/17', '/users/17'],
  ['/a-b_c.d~e/(f);g=1,2!*', '/a-b_c.d~e/(f);g=1,2!*'],
  ['/search?q=tea&page=2', '/search'],
  ['/?', '/'],
  ['/a?b?c', '/a'],
  ['//double', '//double'],
])('the path of a GET for %s is plain: %s', (url, path) => {
  expect(plainPath(request(url))).toBe(path)
})

test.each([
  ['percent-encoded', '/caf%C3%A9'],
  ['of dot segments', '/a/../b'],
  ['that ends in a dot segment', '/a/..'],
  ['with a fragment', '/a#b'],
  ['with a backslash', '/a\\b'],
  ['with a quote', '/a"b'],
  ['that is a whole address', 'http://shop.example/a'],
  ['that is none', '*'],
  ['that is empty', ''],
])('a target %s is left to the parser of a web Request', (_what, url) => {
  expect(plainPath(request(url))).toBeNull()
})

test.each(['localhost:3000', 'shop.example', '127.0.0.1:59999'])('the host %s is plain', (host) => {
  expect(plainPath(request('/', { host }))).toBe('/')
})

test.each([
  '',
  'Shop.Example',
  '[::1]:3000',
  'a b',
  'shop.example:80',
  '1:80',
  'shop.example:60000',
  'a@b',
  'a/b',
])('the host %o is left to the parser of a web Request', (host) => {
  expect(plainPath(request('/', { host }))).toBeNull()
})

test.each(['HEAD', 'POST', 'OPTIONS', 'get'])('a %s is not plain', (method) => {
  expect(plainPath(request('/', { method }))).toBeNull()
})
