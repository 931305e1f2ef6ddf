/**
 * Every operation: what it takes and what it answers. Made by `npm run docs:generate` from the OpenAPI document; do not
 * edit.
 */
export type Operations = {
  /** Give a user a mailbox. Access: confd.users.{user}.voicemails.{voicemail_id}.update */
  associateUserVoicemail: {
    params: {
      user: string | number
      voicemail_id: string | number
    }
    answer: undefined
  }
  /** Check which accesses a token holds. Access: none */
  checkScopes: {
    params: {
      token: string | number
    }
    body: {
      scopes: string[]
      tenant_uuid?: string | null
    }
    answer: {
      scopes: Record<string, boolean>
    }
  }
  /** Check a token. Access: none */
  checkToken: {
    params: {
      token: string | number
    }
    query?: {
      scope?: string
      tenant?: string
    }
    answer: undefined
  }
  /** Create a context. Access: confd.contexts.create */
  createContext: {
    body: {
      label?: string
      name?: string
      type?: "internal" | "incall" | "outcall" | "services" | "others"
    }
    answer: {
      id: number
      uuid: string
      name: string
      label: string
      type: string
      tenant_uuid: string
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Create a SIP device; a generated password is shown this once. Access: confd.devices.create */
  createDevice: {
    body: {
      name?: string | null
      user_uuid?: string | null
      sip_username?: string
      digest_algorithm?: "MD5" | "SHA-256"
      mwi_mode?: "auto" | "solicited" | "off"
      voicemails?: number[] | null
      sip_password?: string | null
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string | null
      user_uuid: string | null
      sip_username: string
      digest_algorithm: "MD5" | "SHA-256"
      mwi_mode: "auto" | "solicited" | "off"
      voicemails: number[] | null
      links: {
        rel: string
        href: string
      }[]
      sip_password?: string
    }
  }
  /** Log in. Access: none */
  createToken: {
    body: {
      expiration?: number
    }
    answer: {
      data: {
        token: string
        session_uuid: string
        auth_id: string
        xivo_user_uuid: string | null
        xivo_uuid: string
        issued_at: string
        expires_at: string
        utc_issued_at: string
        utc_expires_at: string
        acl: string[]
        metadata: {
          uuid: string
          tenant_uuid: string
          auth_id: string
          pbx_user_uuid: string | null
          xivo_uuid: string
          purpose: string
          admin: boolean
        }
        remote_addr: string
        user_agent: string
      }
    }
  }
  /** Create a user. Access: confd.users.create */
  createUser: {
    body: {
      firstname: string
      lastname?: string | null
      email?: string | null
      username?: string | null
      password?: string | null
    }
    answer: {
      id: number
      uuid: string
      tenant_uuid: string
      firstname: string
      lastname: string | null
      email: string | null
      username: string | null
      voicemail: {
        id: number
        name: string
        links: {
          rel: string
          href: string
        }[]
      } | null
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Create a mailbox for a user. Access: confd.users.{user}.voicemails.create */
  createUserVoicemail: {
    params: {
      user: string | number
    }
    body: {
      name: string
      number: string
      context: string
      /** PIN; write-only, reads as a mask */
      password?: string | null
      email?: string | null
      pager?: string | null
      language?: string | null
      timezone?: string | null
      max_messages?: number | null
      attach_audio?: boolean | null
      delete_messages?: boolean
      ask_password?: boolean
      enabled?: boolean
      accesstype?: "personal" | "global"
      options?: [string, string][]
    }
    answer: {
      id: number
      tenant_uuid: string
      name: string
      number: string
      context: string
      /** PIN; write-only, reads as a mask */
      password: string | null
      email: string | null
      pager: string | null
      language: string | null
      timezone: string | null
      max_messages: number | null
      attach_audio: boolean | null
      delete_messages: boolean
      ask_password: boolean
      enabled: boolean
      accesstype: "personal" | "global"
      options: [string, string][]
      links: {
        rel: string
        href: string
      }[]
      users: ({
        uuid: string
        firstname: string
        lastname: string | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** Create a mailbox. Access: confd.voicemails.create */
  createVoicemail: {
    body: {
      name: string
      number: string
      context: string
      /** PIN; write-only, reads as a mask */
      password?: string | null
      email?: string | null
      pager?: string | null
      language?: string | null
      timezone?: string | null
      max_messages?: number | null
      attach_audio?: boolean | null
      delete_messages?: boolean
      ask_password?: boolean
      enabled?: boolean
      accesstype?: "personal" | "global"
      options?: [string, string][]
    }
    answer: {
      id: number
      tenant_uuid: string
      name: string
      number: string
      context: string
      /** PIN; write-only, reads as a mask */
      password: string | null
      email: string | null
      pager: string | null
      language: string | null
      timezone: string | null
      max_messages: number | null
      attach_audio: boolean | null
      delete_messages: boolean
      ask_password: boolean
      enabled: boolean
      accesstype: "personal" | "global"
      options: [string, string][]
      links: {
        rel: string
        href: string
      }[]
      users: ({
        uuid: string
        firstname: string
        lastname: string | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** Delete a context without mailboxes. Access: confd.contexts.{id}.delete */
  deleteContext: {
    params: {
      id: string | number
    }
    answer: undefined
  }
  /** Delete a SIP device. Access: confd.devices.{uuid}.delete */
  deleteDevice: {
    params: {
      uuid: string | number
    }
    answer: undefined
  }
  /** Delete a message of the own or a shared mailbox. Access: calld.users.me.voicemails.messages.{message_id}.delete */
  deleteOwnMessage: {
    params: {
      message_id: string | number
    }
    answer: undefined
  }
  /** Log out. Access: none */
  deleteToken: {
    params: {
      token: string | number
    }
    answer: {
      data: {
        message: string
      }
    }
  }
  /** Delete a user. Access: confd.users.{user}.delete */
  deleteUser: {
    params: {
      user: string | number
    }
    answer: undefined
  }
  /** Delete a mailbox and its messages. Access: confd.voicemails.{id}.delete */
  deleteVoicemail: {
    params: {
      id: string | number
    }
    answer: undefined
  }
  /** Delete a message of a mailbox. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.delete */
  deleteVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: undefined
  }
  /** Leave a message: a WAV body with its facts in the query, or multipart with parts `audio` and `meta`. Access: calld.voicemails.{voicemail_id}.messages.create */
  depositMessage: {
    params: {
      voicemail_id: string | number
    }
    query?: {
      caller_id_name?: string | null
      caller_id_num?: string | null
      timestamp?: number
      urgent?: boolean
    }
    body: Uint8Array<ArrayBuffer>
    answer: {
      id: string
      caller_id_name: string | null
      caller_id_num: string | null
      /** seconds */
      duration: number
      /** when it was left, epoch seconds */
      timestamp: number
      /** the duration is 0 */
      empty: boolean
      transcription: {
        text: string
      } | null
      voicemail: {
        id: number
        name: string
        accesstype: string
      }
      folder: {
        id: number
        name: string
        type: string
      }
    }
  }
  /** Take the mailbox of a user away. Access: confd.users.{user}.voicemails.delete */
  dissociateUserVoicemails: {
    params: {
      user: string | number
    }
    answer: undefined
  }
  /** Read the description of this API (Swagger 2.0). Access: none */
  getAuthDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read the description of this API (Swagger 2.0). Access: none */
  getCalldDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read whether the messages API can do its work. Access: calld.status.read */
  getCalldStatus: {
    answer: {
      rest_api: {
        status: "ok" | "fail"
      }
      database: {
        status: "ok" | "fail"
      }
      plugins: {
        voicemails: {
          status: "ok" | "fail"
          /** always 0: every answer is read afresh */
          cache_items: number
        }
      }
    }
  }
  /** Read the description of this API (Swagger 2.0). Access: none */
  getConfdDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read whether the configuration API can do its work. Access: confd.status.read */
  getConfdStatus: {
    answer: {
      rest_api: {
        status: "ok" | "fail"
      }
      database: {
        status: "ok" | "fail"
      }
    }
  }
  /** Read a context. Access: confd.contexts.{id}.read */
  getContext: {
    params: {
      id: string | number
    }
    answer: {
      id: number
      uuid: string
      name: string
      label: string
      type: string
      tenant_uuid: string
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Read a SIP device. Access: confd.devices.{uuid}.read */
  getDevice: {
    params: {
      uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string | null
      user_uuid: string | null
      sip_username: string
      digest_algorithm: "MD5" | "SHA-256"
      mwi_mode: "auto" | "solicited" | "off"
      voicemails: number[] | null
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Read a folder of the own mailbox. Access: calld.users.me.voicemails.folders.{folder_id}.read */
  getOwnFolder: {
    params: {
      folder_id: string | number
    }
    answer: {
      id: number
      name: string
      type: string
      messages: ({
        id: string
        caller_id_name: string | null
        caller_id_num: string | null
        /** seconds */
        duration: number
        /** when it was left, epoch seconds */
        timestamp: number
        /** the duration is 0 */
        empty: boolean
        transcription: {
          text: string
        } | null
      })[]
    }
  }
  /** Read a message of the own or a shared mailbox. Access: calld.users.me.voicemails.messages.{message_id}.read */
  getOwnMessage: {
    params: {
      message_id: string | number
    }
    answer: {
      id: string
      caller_id_name: string | null
      caller_id_num: string | null
      /** seconds */
      duration: number
      /** when it was left, epoch seconds */
      timestamp: number
      /** the duration is 0 */
      empty: boolean
      transcription: {
        text: string
      } | null
      folder: {
        id: number
        name: string
        type: string
      }
    }
  }
  /** Read the counts over the own and the shared mailboxes. Access: calld.users.me.voicemails.mwi.read */
  getOwnMwi: {
    query?: {
      voicemail_type?: "all" | "personal" | "global"
    }
    answer: {
      new: number
      old: number
      urgent_new: number
      urgent_old: number
      /** whether a lamp shows it */
      messages_waiting: boolean
      /** the mailbox revision; absent for a sum */
      version?: number
    }
  }
  /** Play a message of the own or a shared mailbox. Access: calld.users.me.voicemails.messages.{message_id}.recording.read */
  getOwnRecording: {
    params: {
      message_id: string | number
    }
    query?: {
      download?: string
      token?: string
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read the own mailbox with its messages. Access: calld.users.me.voicemails.read */
  getOwnVoicemail: {
    answer: {
      id: number
      name: string
      number: string
      accesstype: string
      folders: ({
        id: number
        name: string
        type: string
        messages: ({
          id: string
          caller_id_name: string | null
          caller_id_num: string | null
          /** seconds */
          duration: number
          /** when it was left, epoch seconds */
          timestamp: number
          /** the duration is 0 */
          empty: boolean
          transcription: {
            text: string
          } | null
        })[]
      })[]
    }
  }
  /** Read and check a token. Access: none */
  getToken: {
    params: {
      token: string | number
    }
    query?: {
      scope?: string
      tenant?: string
    }
    answer: {
      data: {
        token: string
        session_uuid: string
        auth_id: string
        xivo_user_uuid: string | null
        xivo_uuid: string
        issued_at: string
        expires_at: string
        utc_issued_at: string
        utc_expires_at: string
        acl: string[]
        metadata: {
          uuid: string
          tenant_uuid: string
          auth_id: string
          pbx_user_uuid: string | null
          xivo_uuid: string
          purpose: string
          admin: boolean
        }
        remote_addr: string
        user_agent: string
      }
    }
  }
  /** Read a user. Access: confd.users.{user}.read */
  getUser: {
    params: {
      user: string | number
    }
    answer: {
      id: number
      uuid: string
      tenant_uuid: string
      firstname: string
      lastname: string | null
      email: string | null
      username: string | null
      voicemail: {
        id: number
        name: string
        links: {
          rel: string
          href: string
        }[]
      } | null
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Read a mailbox. Access: confd.voicemails.{id}.read */
  getVoicemail: {
    params: {
      id: string | number
    }
    answer: {
      id: number
      tenant_uuid: string
      name: string
      number: string
      context: string
      /** PIN; write-only, reads as a mask */
      password: string | null
      email: string | null
      pager: string | null
      language: string | null
      timezone: string | null
      max_messages: number | null
      attach_audio: boolean | null
      delete_messages: boolean
      ask_password: boolean
      enabled: boolean
      accesstype: "personal" | "global"
      options: [string, string][]
      links: {
        rel: string
        href: string
      }[]
      users: ({
        uuid: string
        firstname: string
        lastname: string | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** Read a folder of a mailbox. Access: calld.voicemails.{voicemail_id}.folders.{folder_id}.read */
  getVoicemailFolder: {
    params: {
      voicemail_id: string | number
      folder_id: string | number
    }
    answer: {
      id: number
      name: string
      type: string
      messages: ({
        id: string
        caller_id_name: string | null
        caller_id_num: string | null
        /** seconds */
        duration: number
        /** when it was left, epoch seconds */
        timestamp: number
        /** the duration is 0 */
        empty: boolean
        transcription: {
          text: string
        } | null
      })[]
    }
  }
  /** Read a message of a mailbox. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.read */
  getVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: {
      id: string
      caller_id_name: string | null
      caller_id_num: string | null
      /** seconds */
      duration: number
      /** when it was left, epoch seconds */
      timestamp: number
      /** the duration is 0 */
      empty: boolean
      transcription: {
        text: string
      } | null
      folder: {
        id: number
        name: string
        type: string
      }
    }
  }
  /** Read a mailbox with its messages. Access: calld.voicemails.{voicemail_id}.read */
  getVoicemailMessages: {
    params: {
      voicemail_id: string | number
    }
    answer: {
      id: number
      name: string
      number: string
      accesstype: string
      folders: ({
        id: number
        name: string
        type: string
        messages: ({
          id: string
          caller_id_name: string | null
          caller_id_num: string | null
          /** seconds */
          duration: number
          /** when it was left, epoch seconds */
          timestamp: number
          /** the duration is 0 */
          empty: boolean
          transcription: {
            text: string
          } | null
        })[]
      })[]
    }
  }
  /** Read the counts of a mailbox, as JSON or as the body of RFC 3842. Access: calld.voicemails.{voicemail_id}.mwi.read */
  getVoicemailMwi: {
    params: {
      voicemail_id: string | number
    }
    answer: {
      new: number
      old: number
      urgent_new: number
      urgent_old: number
      /** whether a lamp shows it */
      messages_waiting: boolean
      /** the mailbox revision; absent for a sum */
      version?: number
    }
  }
  /** Play a message of a mailbox. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.recording.read */
  getVoicemailRecording: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    query?: {
      download?: string
      token?: string
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** List contexts. Access: confd.contexts.read */
  listContexts: {
    query?: {
      limit?: number
      offset?: number
      recurse?: boolean
    }
    answer: {
      total: number
      items: {
        id: number
        uuid: string
        name: string
        label: string
        type: string
        tenant_uuid: string
        links: {
          rel: string
          href: string
        }[]
      }[]
    }
  }
  /** List SIP devices. Access: confd.devices.read */
  listDevices: {
    query?: {
      limit?: number
      offset?: number
      recurse?: boolean
    }
    answer: {
      total: number
      items: ({
        uuid: string
        tenant_uuid: string
        name: string | null
        user_uuid: string | null
        sip_username: string
        digest_algorithm: "MD5" | "SHA-256"
        mwi_mode: "auto" | "solicited" | "off"
        voicemails: number[] | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** List the messages of the own and the shared mailboxes. Access: calld.users.me.voicemails.messages.read */
  listOwnMessages: {
    query?: {
      limit?: number
      offset?: number
      order?: "id" | "caller_id_name" | "duration" | "timestamp"
      direction?: "asc" | "desc"
      voicemail_type?: "all" | "personal" | "global"
      raw?: unknown
    }
    answer: {
      items: ({
        id: string
        caller_id_name: string | null
        caller_id_num: string | null
        /** seconds */
        duration: number
        /** when it was left, epoch seconds */
        timestamp: number
        /** the duration is 0 */
        empty: boolean
        transcription: {
          text: string
        } | null
        voicemail: {
          id: number
          name: string
          accesstype: string
        }
        folder: {
          id: number
          name: string
          type: string
        }
      })[]
      total: number
    }
  }
  /** Read the mailbox of a user. Access: confd.users.{user}.voicemails.read */
  listUserVoicemails: {
    params: {
      user: string | number
    }
    answer: {
      total: number
      items: ({
        id: number
        tenant_uuid: string
        name: string
        number: string
        context: string
        /** PIN; write-only, reads as a mask */
        password: string | null
        email: string | null
        pager: string | null
        language: string | null
        timezone: string | null
        max_messages: number | null
        attach_audio: boolean | null
        delete_messages: boolean
        ask_password: boolean
        enabled: boolean
        accesstype: "personal" | "global"
        options: [string, string][]
        links: {
          rel: string
          href: string
        }[]
        users: ({
          uuid: string
          firstname: string
          lastname: string | null
          links: {
            rel: string
            href: string
          }[]
        })[]
      })[]
    }
  }
  /** List users. Access: confd.users.read */
  listUsers: {
    query?: {
      limit?: number
      offset?: number
      recurse?: boolean
    }
    answer: {
      total: number
      items: ({
        id: number
        uuid: string
        tenant_uuid: string
        firstname: string
        lastname: string | null
        email: string | null
        username: string | null
        voicemail: {
          id: number
          name: string
          links: {
            rel: string
            href: string
          }[]
        } | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** List mailboxes. Access: confd.voicemails.read */
  listVoicemails: {
    query?: {
      limit?: number
      offset?: number
      order?: "name" | "number" | "email" | "context" | "language" | "timezone" | "pager" | "accesstype"
      direction?: "asc" | "desc"
      search?: string
      recurse?: boolean
      name?: string
      number?: string
      email?: string
      context?: string
      language?: string
      timezone?: string
      pager?: string
      accesstype?: "personal" | "global"
    }
    answer: {
      total: number
      items: ({
        id: number
        tenant_uuid: string
        name: string
        number: string
        context: string
        /** PIN; write-only, reads as a mask */
        password: string | null
        email: string | null
        pager: string | null
        language: string | null
        timezone: string | null
        max_messages: number | null
        attach_audio: boolean | null
        delete_messages: boolean
        ask_password: boolean
        enabled: boolean
        accesstype: "personal" | "global"
        options: [string, string][]
        links: {
          rel: string
          href: string
        }[]
        users: ({
          uuid: string
          firstname: string
          lastname: string | null
          links: {
            rel: string
            href: string
          }[]
        })[]
      })[]
    }
  }
  /** Move a message of the own or a shared mailbox. Access: calld.users.me.voicemails.messages.{message_id}.update */
  moveOwnMessage: {
    params: {
      message_id: string | number
    }
    body: {
      folder_id: number
    }
    answer: undefined
  }
  /** Move a message of a mailbox to another folder. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.update */
  moveVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      folder_id: number
    }
    answer: undefined
  }
  /** Change a SIP device. Access: confd.devices.{uuid}.update */
  updateDevice: {
    params: {
      uuid: string | number
    }
    body: {
      name?: string | null
      user_uuid?: string | null
      sip_username?: string
      digest_algorithm?: "MD5" | "SHA-256"
      mwi_mode?: "auto" | "solicited" | "off"
      voicemails?: number[] | null
      sip_password?: string | null
    }
    answer: undefined
  }
  /** Change a mailbox. Access: confd.voicemails.{id}.update */
  updateVoicemail: {
    params: {
      id: string | number
    }
    body: {
      name?: string
      number?: string
      context?: string
      /** PIN; write-only, reads as a mask */
      password?: string | null
      email?: string | null
      pager?: string | null
      language?: string | null
      timezone?: string | null
      max_messages?: number | null
      attach_audio?: boolean | null
      delete_messages?: boolean
      ask_password?: boolean
      enabled?: boolean
      accesstype?: "personal" | "global"
      options?: [string, string][]
    }
    answer: undefined
  }
}

/** Where each operation is and how its answer is to be read. */
export const OPERATIONS = {
  associateUserVoicemail: { method: 'PUT', path: '/api/confd/1.1/users/{user}/voicemails/{voicemail_id}', answer: 'none' },
  checkScopes: { method: 'POST', path: '/api/auth/0.1/token/{token}/scopes/check', answer: 'json' },
  checkToken: { method: 'HEAD', path: '/api/auth/0.1/token/{token}', answer: 'none' },
  createContext: { method: 'POST', path: '/api/confd/1.1/contexts', answer: 'json' },
  createDevice: { method: 'POST', path: '/api/confd/1.1/devices', answer: 'json' },
  createToken: { method: 'POST', path: '/api/auth/0.1/token', answer: 'json' },
  createUser: { method: 'POST', path: '/api/confd/1.1/users', answer: 'json' },
  createUserVoicemail: { method: 'POST', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  createVoicemail: { method: 'POST', path: '/api/confd/1.1/voicemails', answer: 'json' },
  deleteContext: { method: 'DELETE', path: '/api/confd/1.1/contexts/{id}', answer: 'none' },
  deleteDevice: { method: 'DELETE', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  deleteOwnMessage: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  deleteToken: { method: 'DELETE', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  deleteUser: { method: 'DELETE', path: '/api/confd/1.1/users/{user}', answer: 'none' },
  deleteVoicemail: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
  deleteVoicemailMessage: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  depositMessage: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages', answer: 'json' },
  dissociateUserVoicemails: { method: 'DELETE', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'none' },
  getAuthDocument: { method: 'GET', path: '/api/auth/0.1/api/api.yml', answer: 'bytes' },
  getCalldDocument: { method: 'GET', path: '/api/calld/1.0/api/api.yml', answer: 'bytes' },
  getCalldStatus: { method: 'GET', path: '/api/calld/1.0/status', answer: 'json' },
  getConfdDocument: { method: 'GET', path: '/api/confd/1.1/api/api.yml', answer: 'bytes' },
  getConfdStatus: { method: 'GET', path: '/api/confd/1.1/status', answer: 'json' },
  getContext: { method: 'GET', path: '/api/confd/1.1/contexts/{id}', answer: 'json' },
  getDevice: { method: 'GET', path: '/api/confd/1.1/devices/{uuid}', answer: 'json' },
  getOwnFolder: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/folders/{folder_id}', answer: 'json' },
  getOwnMessage: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'json' },
  getOwnMwi: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/mwi', answer: 'json' },
  getOwnRecording: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/recording', answer: 'bytes' },
  getOwnVoicemail: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails', answer: 'json' },
  getToken: { method: 'GET', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  getUser: { method: 'GET', path: '/api/confd/1.1/users/{user}', answer: 'json' },
  getVoicemail: { method: 'GET', path: '/api/confd/1.1/voicemails/{id}', answer: 'json' },
  getVoicemailFolder: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/folders/{folder_id}', answer: 'json' },
  getVoicemailMessage: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'json' },
  getVoicemailMessages: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}', answer: 'json' },
  getVoicemailMwi: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/mwi', answer: 'json' },
  getVoicemailRecording: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/recording', answer: 'bytes' },
  listContexts: { method: 'GET', path: '/api/confd/1.1/contexts', answer: 'json' },
  listDevices: { method: 'GET', path: '/api/confd/1.1/devices', answer: 'json' },
  listOwnMessages: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages', answer: 'json' },
  listUserVoicemails: { method: 'GET', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  listUsers: { method: 'GET', path: '/api/confd/1.1/users', answer: 'json' },
  listVoicemails: { method: 'GET', path: '/api/confd/1.1/voicemails', answer: 'json' },
  moveOwnMessage: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  moveVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  updateDevice: { method: 'PUT', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  updateVoicemail: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
} as const
