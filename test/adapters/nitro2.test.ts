import { test } from 'vitest'
import { adapterConformance } from '../../src/testing/adapter-conformance.ts'
import { silenceConsole } from './harness/silence-console.ts'
import { SUBJECTS } from './harness/subjects.ts'

silenceConsole()
adapterConformance({ test, ...SUBJECTS.nitro2 })
adapterConformance({ test, ...SUBJECTS.nitro2ByFetch })
adapterConformance({ test, ...SUBJECTS.nitro2ByCall })
