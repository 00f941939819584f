import flash from 'connect-flash'
import { describe, expect, test } from 'vitest'
import { type StartedExpress, startExpress } from './start.ts'

function start(): Promise<StartedExpress> {
  return startExpress((app) => {
    app.use(flash())
    app.get('/leave', (request, response) => {
      request.flash('info', 'saved')
      request.flash('info', '%s of %s', 'two', 'two')
      response.redirect('/show')
    })
    app.get('/show', (request, response) => void response.json(request.flash('info')))
    app.get('/all', (request, response) => void response.json(request.flash()))
  })
}

describe('connect-flash', () => {
  test('shows messages once, on the page after the redirect', async () => {
    const { visitor } = await start()
    await visitor.visit('/leave')
    expect(await visitor.json('/show')).toEqual(['saved', 'two of two'])
    expect(await visitor.json('/show')).toEqual([])
  })

  test('gives all messages at once', async () => {
    const { visitor } = await start()
    await visitor.visit('/leave')
    expect(await visitor.json('/all')).toEqual({ info: ['saved', 'two of two'] })
    expect(await visitor.json('/all')).toEqual({})
  })

  test('asked again by a visitor who has a session, writes nothing [peers 5.6]', async () => {
    const { visitor, store } = await start()
    await visitor.visit('/leave')
    await visitor.json('/show')
    store.resetCalls()
    await visitor.json('/show')
    expect(store.calls).toMatchObject({ get: 1, replace: 0, touch: 0 })
  })

  // It assigns an empty object when it is asked. That is data: whoever writes an empty list wants to find it again.
  test('makes a record for a visitor without one even when it is only asked, since it writes', async () => {
    const { visitor, store } = await start()
    for (let visit = 0; visit < 5; visit++) await visitor.copy().json('/show')
    expect(await store.count()).toBe(5)
  })
})
