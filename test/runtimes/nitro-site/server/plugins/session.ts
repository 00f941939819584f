import { session } from 'coatcheck/nitro'
import { sessions } from '../utils/sessions.ts'

export default session(sessions)
