/**
 * Every operation: what it takes and what it answers. Made by `npm run docs:generate` from the OpenAPI document; do not
 * edit.
 */
export type Operations = {
  /** Give a user a policy. Access: auth.users.{user_uuid}.policies.{policy_uuid}.create */
  addUserPolicy: {
    params: {
      user_uuid: string | number
      policy_uuid: string | number
    }
    answer: undefined
  }
  /** Give a user a mailbox. Access: confd.users.{user}.voicemails.{voicemail_id}.update */
  associateUserVoicemail: {
    params: {
      user: string | number
      voicemail_id: string | number
    }
    answer: undefined
  }
  /** Change my password. Access: auth.users.me.password.edit */
  changeMyPassword: {
    body: {
      old_password: string
      new_password: string
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
  /** Create an account. Access: auth.users.create */
  createAccount: {
    body: {
      uuid?: string
      username?: string | null
      password?: string | null
      firstname?: string | null
      lastname?: string | null
      email_address?: string | null
      purpose?: "user" | "internal" | "external_api"
      enabled?: boolean
    }
    answer: {
      uuid: string
      tenant_uuid: string
      username: string | null
      firstname: string | null
      lastname: string | null
      purpose: string
      enabled: boolean
      emails: {
        address: string
        main: boolean
        confirmed: boolean
      }[]
    }
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
      description: string | null
      user_ranges: {
        start: string
        end: string
      }[]
      group_ranges: {
        start: string
        end: string
      }[]
      queue_ranges: {
        start: string
        end: string
      }[]
      conference_room_ranges: {
        start: string
        end: string
      }[]
      incall_ranges: {
        start: string
        end: string
      }[]
      tenant_uuid: string
      enabled: boolean
      /** included contexts: none */
      contexts: Record<never, never>[]
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
  /** Create a policy. Access: auth.policies.create */
  createPolicy: {
    body: {
      name: string
      slug?: string | null
      description?: string | null
      acl?: string[]
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      slug: string
      description: string | null
      acl: string[]
      read_only: boolean
      shared: boolean
    }
  }
  /** Create a tenant. Access: auth.tenants.create */
  createTenant: {
    body: {
      uuid?: string
      name: string
      slug?: string | null
      contact?: string | null
      phone?: string | null
      domain_names?: string[]
      address?: {
        line_1?: string | null
        line_2?: string | null
        city?: string | null
        state?: string | null
        country?: string | null
        zip_code?: string | null
      }
    }
    answer: {
      uuid: string
      parent_uuid: string
      name: string | null
      slug: string
      contact: string | null
      phone: string | null
      domain_names: string[]
      default_authentication_method: string
      address: {
        line_1?: string | null
        line_2?: string | null
        city?: string | null
        state?: string | null
        country?: string | null
        zip_code?: string | null
      }
    }
  }
  /** Log in. Access: none */
  createToken: {
    body: {
      expiration?: number
      access_type?: "online" | "offline"
      client_id?: string
      refresh_token?: string
      backend?: unknown
      domain_name?: string
      tenant_id?: string
      saml_session_id?: string
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
        refresh_token?: string
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
      voicemail?: {
        id?: number
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
      } | null
    }
    answer: {
      id: number
      uuid: string
      tenant_uuid: string
      firstname: string
      lastname: string | null
      email: string | null
      username: string | null
      /** none: telephony is not ours */
      lines: Record<never, never>[]
      forwards: {
        unconditional: {
          enabled: boolean
          destination: string | null
        }
        noanswer: {
          enabled: boolean
          destination: string | null
        }
        busy: {
          enabled: boolean
          destination: string | null
        }
      }
      services: {
        dnd: {
          enabled: boolean
        }
        incallfilter: {
          enabled: boolean
        }
      }
      voicemail: {
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
  /** Get a one-time ticket for the WebSocket gateway. Access: websocketd */
  createWsTicket: {
    answer: {
      /** query parameter `ticket` of the gateway; protocol 3 */
      ticket: string
      /** seconds */
      expires_in: number
    }
  }
  /** Delete an account. Access: auth.users.{user_uuid}.delete */
  deleteAccount: {
    params: {
      user_uuid: string | number
    }
    answer: undefined
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
  /** Revoke one of my refresh tokens. Access: auth.users.me.tokens.{client_id}.delete */
  deleteMyRefreshToken: {
    params: {
      client_id: string | number
    }
    answer: undefined
  }
  /** End one of my sessions. Access: auth.users.me.sessions.{session_uuid}.delete */
  deleteMySession: {
    params: {
      session_uuid: string | number
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
  /** Delete a policy. Access: auth.policies.{policy_uuid}.delete */
  deletePolicy: {
    params: {
      policy_uuid: string | number
    }
    answer: undefined
  }
  /** End a session. Access: auth.sessions.{session_uuid}.delete */
  deleteSession: {
    params: {
      session_uuid: string | number
    }
    answer: undefined
  }
  /** Delete an empty tenant. Access: auth.tenants.{tenant_uuid}.delete */
  deleteTenant: {
    params: {
      tenant_uuid: string | number
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
    query?: {
      recursive?: string
    }
    answer: undefined
  }
  /** Revoke a refresh token of a user. Access: auth.users.{user_uuid}.tokens.{client_id}.delete */
  deleteUserRefreshToken: {
    params: {
      user_uuid: string | number
      client_id: string | number
    }
    answer: undefined
  }
  /** End a session of a user. Access: auth.users.{user_uuid}.sessions.{session_uuid}.delete */
  deleteUserSession: {
    params: {
      user_uuid: string | number
      session_uuid: string | number
    }
    answer: undefined
  }
  /** Delete a mailbox and its messages; they can be restored for a while. Access: confd.voicemails.{id}.delete */
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
      /** it lies in the inbox or the urgent folder */
      unread: boolean
      priority: "normal" | "urgent"
      /** it cannot be forwarded */
      private: boolean
      status: "open" | "done" | "call-back"
      note: string | null
      claim: {
        user_uuid: string
        /** when the claim lapses unless renewed, ISO 8601 in UTC */
        expires_at: string
      } | null
      /** UUID of the user who set the status */
      handled_by: string | null
      /** UUIDs of the users who ever marked it read */
      read_by: string[]
      /** legal hold: it cannot be deleted */
      hold: boolean
    }
  }
  /** Take the mailbox of a user away. Access: confd.users.{user}.voicemails.delete */
  dissociateUserVoicemails: {
    params: {
      user: string | number
    }
    answer: undefined
  }
  /** Read an account. Access: auth.users.{user_uuid}.read */
  getAccount: {
    params: {
      user_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      username: string | null
      firstname: string | null
      lastname: string | null
      purpose: string
      enabled: boolean
      emails: {
        address: string
        main: boolean
        confirmed: boolean
      }[]
    }
  }
  /** Read the description of this API (Swagger 2.0). Access: none */
  getAuthDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Check that tokens can be given and checked. Access: none */
  getAuthStatus: {
    answer: undefined
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
      description: string | null
      user_ranges: {
        start: string
        end: string
      }[]
      group_ranges: {
        start: string
        end: string
      }[]
      queue_ranges: {
        start: string
        end: string
      }[]
      conference_room_ranges: {
        start: string
        end: string
      }[]
      incall_ranges: {
        start: string
        end: string
      }[]
      tenant_uuid: string
      enabled: boolean
      /** included contexts: none */
      contexts: Record<never, never>[]
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
  /** Read the description of this API (Swagger 2.0). Access: none */
  getEventsDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read the general options of voicemail. Access: confd.asterisk.voicemail.general.read */
  getGeneralOptions: {
    answer: {
      options: Record<string, string>
    }
  }
  /** Read the identity and version of the installation. Access: confd.infos.read */
  getInfos: {
    answer: {
      uuid: string
      wazo_version: string
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
        /** it lies in the inbox or the urgent folder */
        unread: boolean
        priority: "normal" | "urgent"
        /** it cannot be forwarded */
        private: boolean
        status: "open" | "done" | "call-back"
        note: string | null
        claim: {
          user_uuid: string
          /** when the claim lapses unless renewed, ISO 8601 in UTC */
          expires_at: string
        } | null
        /** UUID of the user who set the status */
        handled_by: string | null
        /** UUIDs of the users who ever marked it read */
        read_by: string[]
        /** legal hold: it cannot be deleted */
        hold: boolean
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
      /** it lies in the inbox or the urgent folder */
      unread: boolean
      priority: "normal" | "urgent"
      /** it cannot be forwarded */
      private: boolean
      status: "open" | "done" | "call-back"
      note: string | null
      claim: {
        user_uuid: string
        /** when the claim lapses unless renewed, ISO 8601 in UTC */
        expires_at: string
      } | null
      /** UUID of the user who set the status */
      handled_by: string | null
      /** UUIDs of the users who ever marked it read */
      read_by: string[]
      /** legal hold: it cannot be deleted */
      hold: boolean
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
          /** it lies in the inbox or the urgent folder */
          unread: boolean
          priority: "normal" | "urgent"
          /** it cannot be forwarded */
          private: boolean
          status: "open" | "done" | "call-back"
          note: string | null
          claim: {
            user_uuid: string
            /** when the claim lapses unless renewed, ISO 8601 in UTC */
            expires_at: string
          } | null
          /** UUID of the user who set the status */
          handled_by: string | null
          /** UUIDs of the users who ever marked it read */
          read_by: string[]
          /** legal hold: it cannot be deleted */
          hold: boolean
        })[]
      })[]
    }
  }
  /** Read a policy. Access: auth.policies.{policy_uuid}.read */
  getPolicy: {
    params: {
      policy_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      slug: string
      description: string | null
      acl: string[]
      read_only: boolean
      shared: boolean
    }
  }
  /** Read a tenant. Access: auth.tenants.{tenant_uuid}.read */
  getTenant: {
    params: {
      tenant_uuid: string | number
    }
    answer: {
      uuid: string
      parent_uuid: string
      name: string | null
      slug: string
      contact: string | null
      phone: string | null
      domain_names: string[]
      default_authentication_method: string
      address: {
        line_1?: string | null
        line_2?: string | null
        city?: string | null
        state?: string | null
        country?: string | null
        zip_code?: string | null
      }
    }
  }
  /** Read the zones the tenant adds. Access: confd.voicemails.zonemessages.read */
  getTenantZones: {
    answer: {
      items: ({
        name: string
        timezone: string
        message: string | null
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
        refresh_token?: string
      }
    }
  }
  /** Read the transcription switch of the tenant. Access: confd.voicemails.transcription.read */
  getTranscription: {
    answer: {
      enabled: boolean
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
      /** none: telephony is not ours */
      lines: Record<never, never>[]
      forwards: {
        unconditional: {
          enabled: boolean
          destination: string | null
        }
        noanswer: {
          enabled: boolean
          destination: string | null
        }
        busy: {
          enabled: boolean
          destination: string | null
        }
      }
      services: {
        dnd: {
          enabled: boolean
        }
        incallfilter: {
          enabled: boolean
        }
      }
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
        /** it lies in the inbox or the urgent folder */
        unread: boolean
        priority: "normal" | "urgent"
        /** it cannot be forwarded */
        private: boolean
        status: "open" | "done" | "call-back"
        note: string | null
        claim: {
          user_uuid: string
          /** when the claim lapses unless renewed, ISO 8601 in UTC */
          expires_at: string
        } | null
        /** UUID of the user who set the status */
        handled_by: string | null
        /** UUIDs of the users who ever marked it read */
        read_by: string[]
        /** legal hold: it cannot be deleted */
        hold: boolean
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
      /** it lies in the inbox or the urgent folder */
      unread: boolean
      priority: "normal" | "urgent"
      /** it cannot be forwarded */
      private: boolean
      status: "open" | "done" | "call-back"
      note: string | null
      claim: {
        user_uuid: string
        /** when the claim lapses unless renewed, ISO 8601 in UTC */
        expires_at: string
      } | null
      /** UUID of the user who set the status */
      handled_by: string | null
      /** UUIDs of the users who ever marked it read */
      read_by: string[]
      /** legal hold: it cannot be deleted */
      hold: boolean
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
          /** it lies in the inbox or the urgent folder */
          unread: boolean
          priority: "normal" | "urgent"
          /** it cannot be forwarded */
          private: boolean
          status: "open" | "done" | "call-back"
          note: string | null
          claim: {
            user_uuid: string
            /** when the claim lapses unless renewed, ISO 8601 in UTC */
            expires_at: string
          } | null
          /** UUID of the user who set the status */
          handled_by: string | null
          /** UUIDs of the users who ever marked it read */
          read_by: string[]
          /** legal hold: it cannot be deleted */
          hold: boolean
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
  /** Read the voicemail settings of the tenant. Access: confd.voicemails.settings.read */
  getVoicemailSettings: {
    answer: {
      /** a context may have several global mailboxes */
      many_globals: boolean
      /** how long what was deleted can be restored */
      trash_days: number
      /** age at which messages go to the trash; null keeps them */
      max_age_days: number | null
      /** how long a claim lasts, seconds */
      claim_lease_s: number
      pin_min_length: number
    }
  }
  /** Read the zones of the installation. Access: confd.asterisk.voicemail.zonemessages.read */
  getZones: {
    answer: {
      items: ({
        name: string
        timezone: string
        message: string | null
      })[]
    }
  }
  /** List accounts. Access: auth.users.read */
  listAccounts: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "username" | "firstname" | "lastname"
      recurse?: boolean
      uuid?: string
      username?: string
      firstname?: string
      lastname?: string
      purpose?: "user" | "internal" | "external_api"
    }
    answer: {
      total: number
      filtered: number
      items: ({
        uuid: string
        tenant_uuid: string
        username: string | null
        firstname: string | null
        lastname: string | null
        purpose: string
        enabled: boolean
        emails: {
          address: string
          main: boolean
          confirmed: boolean
        }[]
      })[]
    }
  }
  /** List contexts. Access: confd.contexts.read */
  listContexts: {
    query?: {
      limit?: number
      offset?: number
      order?: "name" | "label" | "type"
      direction?: "asc" | "desc"
      search?: string
      recurse?: boolean
      name?: string
      label?: string
      type?: string
    }
    answer: {
      total: number
      items: ({
        id: number
        uuid: string
        name: string
        label: string
        type: string
        description: string | null
        user_ranges: {
          start: string
          end: string
        }[]
        group_ranges: {
          start: string
          end: string
        }[]
        queue_ranges: {
          start: string
          end: string
        }[]
        conference_room_ranges: {
          start: string
          end: string
        }[]
        incall_ranges: {
          start: string
          end: string
        }[]
        tenant_uuid: string
        enabled: boolean
        /** included contexts: none */
        contexts: Record<never, never>[]
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** List deleted mailboxes that can be restored. Access: confd.voicemails.trash.read */
  listDeletedVoicemails: {
    query?: {
      limit?: number
      offset?: number
      recurse?: boolean
    }
    answer: {
      total: number
      items: ({
        id: number
        tenant_uuid: string
        name: string
        number: string
        /** null when the context was deleted meanwhile */
        context: string | null
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
        /** ISO 8601, UTC */
        deleted_at: string
        /** when it and its messages go for good, ISO 8601, UTC */
        purge_at: string
      })[]
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
  /** Read events after a cursor, or follow them. Access: websocketd */
  listEvents: {
    query?: {
      after?: string
      limit?: number
      name?: string
    }
    answer: {
      items: {
        /** its place in the log, opaque */
        cursor: string
        /** unique for ever; repeats have the same */
        event_id: string
        /** the whole body, as it was on the bus */
        event: unknown
      }[]
      /** what to ask after next; beyond the last item when others were left out */
      cursor: string
      /** whether to ask again at once */
      more: boolean
    }
  }
  /** List my refresh tokens. Access: auth.users.me.tokens.read */
  listMyRefreshTokens: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "created_at" | "client_id" | "mobile"
      created_at?: string
      client_id?: string
      mobile?: boolean
    }
    answer: {
      total: number
      filtered: number
      items: {
        client_id: string
        created_at: string
        mobile: boolean
        user_uuid: string
        tenant_uuid: string
        metadata: Record<never, never>
        expires_at: string
      }[]
    }
  }
  /** List my sessions. Access: auth.users.me.sessions.read */
  listMySessions: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "mobile"
    }
    answer: {
      total: number
      filtered: number
      items: {
        uuid: string
        user_uuid: string
        tenant_uuid: string
        mobile: boolean
      }[]
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
        /** it lies in the inbox or the urgent folder */
        unread: boolean
        priority: "normal" | "urgent"
        /** it cannot be forwarded */
        private: boolean
        status: "open" | "done" | "call-back"
        note: string | null
        claim: {
          user_uuid: string
          /** when the claim lapses unless renewed, ISO 8601 in UTC */
          expires_at: string
        } | null
        /** UUID of the user who set the status */
        handled_by: string | null
        /** UUIDs of the users who ever marked it read */
        read_by: string[]
        /** legal hold: it cannot be deleted */
        hold: boolean
      })[]
      total: number
    }
  }
  /** List policies. Access: auth.policies.read */
  listPolicies: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "name" | "slug" | "description" | "uuid"
      recurse?: boolean
    }
    answer: {
      total: number
      filtered: number
      items: ({
        uuid: string
        tenant_uuid: string
        name: string
        slug: string
        description: string | null
        acl: string[]
        read_only: boolean
        shared: boolean
      })[]
    }
  }
  /** List refresh tokens. Access: auth.tokens.read */
  listRefreshTokens: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "created_at" | "client_id" | "mobile"
      created_at?: string
      client_id?: string
      mobile?: boolean
      recurse?: boolean
    }
    answer: {
      total: number
      filtered: number
      items: {
        client_id: string
        created_at: string
        mobile: boolean
        user_uuid: string
        tenant_uuid: string
        metadata: Record<never, never>
        expires_at: string
      }[]
    }
  }
  /** List sessions. Access: auth.sessions.read */
  listSessions: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "mobile"
      recurse?: boolean
    }
    answer: {
      total: number
      filtered: number
      items: {
        uuid: string
        user_uuid: string
        tenant_uuid: string
        mobile: boolean
      }[]
    }
  }
  /** List tenants. Access: auth.tenants.read */
  listTenants: {
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "name" | "slug"
      uuid?: string
      name?: string
      slug?: string
    }
    answer: {
      total: number
      filtered: number
      items: ({
        uuid: string
        parent_uuid: string
        name: string | null
        slug: string
        contact: string | null
        phone: string | null
        domain_names: string[]
        default_authentication_method: string
        address: {
          line_1?: string | null
          line_2?: string | null
          city?: string | null
          state?: string | null
          country?: string | null
          zip_code?: string | null
        }
      })[]
    }
  }
  /** List the policies of a user. Access: auth.users.{user_uuid}.policies.read */
  listUserPolicies: {
    params: {
      user_uuid: string | number
    }
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "name" | "slug" | "description" | "uuid"
    }
    answer: {
      total: number
      filtered: number
      items: ({
        uuid: string
        tenant_uuid: string
        name: string
        slug: string
        description: string | null
        acl: string[]
        read_only: boolean
        shared: boolean
      })[]
    }
  }
  /** List the refresh tokens of a user. Access: auth.users.{user_uuid}.tokens.read */
  listUserRefreshTokens: {
    params: {
      user_uuid: string | number
    }
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "created_at" | "client_id" | "mobile"
      created_at?: string
      client_id?: string
      mobile?: boolean
    }
    answer: {
      total: number
      filtered: number
      items: {
        client_id: string
        created_at: string
        mobile: boolean
        user_uuid: string
        tenant_uuid: string
        metadata: Record<never, never>
        expires_at: string
      }[]
    }
  }
  /** List the sessions of a user. Access: auth.users.{user_uuid}.sessions.read */
  listUserSessions: {
    params: {
      user_uuid: string | number
    }
    query?: {
      limit?: number
      offset?: number
      direction?: "asc" | "desc"
      search?: string
      order?: "mobile"
    }
    answer: {
      total: number
      filtered: number
      items: {
        uuid: string
        user_uuid: string
        tenant_uuid: string
        mobile: boolean
      }[]
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
      order?: "firstname" | "lastname" | "email" | "username"
      direction?: "asc" | "desc"
      search?: string
      recurse?: boolean
      firstname?: string
      lastname?: string
      email?: string
      username?: string
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
        /** none: telephony is not ours */
        lines: Record<never, never>[]
        forwards: {
          unconditional: {
            enabled: boolean
            destination: string | null
          }
          noanswer: {
            enabled: boolean
            destination: string | null
          }
          busy: {
            enabled: boolean
            destination: string | null
          }
        }
        services: {
          dnd: {
            enabled: boolean
          }
          incallfilter: {
            enabled: boolean
          }
        }
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
  /** Take a policy away from a user. Access: auth.users.{user_uuid}.policies.{policy_uuid}.delete */
  removeUserPolicy: {
    params: {
      user_uuid: string | number
      policy_uuid: string | number
    }
    answer: undefined
  }
  /** Restore a deleted mailbox with its messages. Access: confd.voicemails.{id}.restore.update */
  restoreVoicemail: {
    params: {
      id: string | number
    }
    body: {
      number?: string
      context?: string
    }
    answer: undefined
  }
  /** Set the password of a user. Access: auth.users.{user_uuid}.password.edit */
  setPassword: {
    params: {
      user_uuid: string | number
    }
    body: {
      old_password?: string | null
      new_password: string
    }
    answer: undefined
  }
  /** Change an account. Access: auth.users.{user_uuid}.edit */
  updateAccount: {
    params: {
      user_uuid: string | number
    }
    body: {
      username?: string | null
      firstname?: string | null
      lastname?: string | null
      email_address?: string | null
      purpose?: "user" | "internal" | "external_api"
      enabled?: boolean
    }
    answer: {
      uuid: string
      tenant_uuid: string
      username: string | null
      firstname: string | null
      lastname: string | null
      purpose: string
      enabled: boolean
      emails: {
        address: string
        main: boolean
        confirmed: boolean
      }[]
    }
  }
  /** Change the label of a context. Access: confd.contexts.{id}.update */
  updateContext: {
    params: {
      id: string | number
    }
    body: {
      label?: string
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
  /** Replace the general options of voicemail. Access: confd.asterisk.voicemail.general.update */
  updateGeneralOptions: {
    body: {
      options: Record<string, string> | {
        key: string
        value: string
      }[]
    }
    answer: undefined
  }
  /** Change a policy. Access: auth.policies.{policy_uuid}.edit */
  updatePolicy: {
    params: {
      policy_uuid: string | number
    }
    body: {
      name: string
      description?: string | null
      acl?: string[]
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      slug: string
      description: string | null
      acl: string[]
      read_only: boolean
      shared: boolean
    }
  }
  /** Change a tenant. Access: auth.tenants.{tenant_uuid}.edit */
  updateTenant: {
    params: {
      tenant_uuid: string | number
    }
    body: {
      name?: string
      contact?: string | null
      phone?: string | null
      domain_names?: string[]
      address?: {
        line_1?: string | null
        line_2?: string | null
        city?: string | null
        state?: string | null
        country?: string | null
        zip_code?: string | null
      }
    }
    answer: {
      uuid: string
      parent_uuid: string
      name: string | null
      slug: string
      contact: string | null
      phone: string | null
      domain_names: string[]
      default_authentication_method: string
      address: {
        line_1?: string | null
        line_2?: string | null
        city?: string | null
        state?: string | null
        country?: string | null
        zip_code?: string | null
      }
    }
  }
  /** Replace the zones the tenant adds. Access: confd.voicemails.zonemessages.update */
  updateTenantZones: {
    body: {
      items: ({
        name: string
        timezone: string
        message?: string | null
      })[]
    }
    answer: undefined
  }
  /** Switch transcription on or off for the tenant. Access: confd.voicemails.transcription.update */
  updateTranscription: {
    body: {
      enabled: boolean
    }
    answer: undefined
  }
  /** Change a user. Access: confd.users.{user}.update */
  updateUser: {
    params: {
      user: string | number
    }
    query?: {
      recursive?: string
    }
    body: {
      firstname?: string
      lastname?: string | null
      email?: string | null
      username?: string | null
      voicemail?: {
        id?: number
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
      } | null
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
  /** Change voicemail settings of the tenant. Access: confd.voicemails.settings.update */
  updateVoicemailSettings: {
    body: {
      /** a context may have several global mailboxes */
      many_globals?: boolean
      /** how long what was deleted can be restored */
      trash_days?: number
      /** age at which messages go to the trash; null keeps them */
      max_age_days?: number | null
      /** how long a claim lasts, seconds */
      claim_lease_s?: number
      pin_min_length?: number
    }
    answer: undefined
  }
  /** Replace the zones of the installation. Access: confd.asterisk.voicemail.zonemessages.update */
  updateZones: {
    body: {
      items: ({
        name: string
        timezone: string
        message?: string | null
      })[]
    }
    answer: undefined
  }
}

/** Where each operation is and how its answer is to be read. */
export const OPERATIONS = {
  addUserPolicy: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}/policies/{policy_uuid}', answer: 'none' },
  associateUserVoicemail: { method: 'PUT', path: '/api/confd/1.1/users/{user}/voicemails/{voicemail_id}', answer: 'none' },
  changeMyPassword: { method: 'PUT', path: '/api/auth/0.1/users/me/password', answer: 'none' },
  checkScopes: { method: 'POST', path: '/api/auth/0.1/token/{token}/scopes/check', answer: 'json' },
  checkToken: { method: 'HEAD', path: '/api/auth/0.1/token/{token}', answer: 'none' },
  createAccount: { method: 'POST', path: '/api/auth/0.1/users', answer: 'json' },
  createContext: { method: 'POST', path: '/api/confd/1.1/contexts', answer: 'json' },
  createDevice: { method: 'POST', path: '/api/confd/1.1/devices', answer: 'json' },
  createPolicy: { method: 'POST', path: '/api/auth/0.1/policies', answer: 'json' },
  createTenant: { method: 'POST', path: '/api/auth/0.1/tenants', answer: 'json' },
  createToken: { method: 'POST', path: '/api/auth/0.1/token', answer: 'json' },
  createUser: { method: 'POST', path: '/api/confd/1.1/users', answer: 'json' },
  createUserVoicemail: { method: 'POST', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  createVoicemail: { method: 'POST', path: '/api/confd/1.1/voicemails', answer: 'json' },
  createWsTicket: { method: 'POST', path: '/api/auth/0.1/ws-ticket', answer: 'json' },
  deleteAccount: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}', answer: 'none' },
  deleteContext: { method: 'DELETE', path: '/api/confd/1.1/contexts/{id}', answer: 'none' },
  deleteDevice: { method: 'DELETE', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  deleteMyRefreshToken: { method: 'DELETE', path: '/api/auth/0.1/users/me/tokens/{client_id}', answer: 'none' },
  deleteMySession: { method: 'DELETE', path: '/api/auth/0.1/users/me/sessions/{session_uuid}', answer: 'none' },
  deleteOwnMessage: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  deletePolicy: { method: 'DELETE', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'none' },
  deleteSession: { method: 'DELETE', path: '/api/auth/0.1/sessions/{session_uuid}', answer: 'none' },
  deleteTenant: { method: 'DELETE', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'none' },
  deleteToken: { method: 'DELETE', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  deleteUser: { method: 'DELETE', path: '/api/confd/1.1/users/{user}', answer: 'none' },
  deleteUserRefreshToken: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/tokens/{client_id}', answer: 'none' },
  deleteUserSession: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/sessions/{session_uuid}', answer: 'none' },
  deleteVoicemail: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
  deleteVoicemailMessage: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  depositMessage: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages', answer: 'json' },
  dissociateUserVoicemails: { method: 'DELETE', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'none' },
  getAccount: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}', answer: 'json' },
  getAuthDocument: { method: 'GET', path: '/api/auth/0.1/api/api.yml', answer: 'bytes' },
  getAuthStatus: { method: 'HEAD', path: '/api/auth/0.1/status', answer: 'none' },
  getCalldDocument: { method: 'GET', path: '/api/calld/1.0/api/api.yml', answer: 'bytes' },
  getCalldStatus: { method: 'GET', path: '/api/calld/1.0/status', answer: 'json' },
  getConfdDocument: { method: 'GET', path: '/api/confd/1.1/api/api.yml', answer: 'bytes' },
  getConfdStatus: { method: 'GET', path: '/api/confd/1.1/status', answer: 'json' },
  getContext: { method: 'GET', path: '/api/confd/1.1/contexts/{id}', answer: 'json' },
  getDevice: { method: 'GET', path: '/api/confd/1.1/devices/{uuid}', answer: 'json' },
  getEventsDocument: { method: 'GET', path: '/api/events/api/api.yml', answer: 'bytes' },
  getGeneralOptions: { method: 'GET', path: '/api/confd/1.1/asterisk/voicemail/general', answer: 'json' },
  getInfos: { method: 'GET', path: '/api/confd/1.1/infos', answer: 'json' },
  getOwnFolder: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/folders/{folder_id}', answer: 'json' },
  getOwnMessage: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'json' },
  getOwnMwi: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/mwi', answer: 'json' },
  getOwnRecording: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/recording', answer: 'bytes' },
  getOwnVoicemail: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails', answer: 'json' },
  getPolicy: { method: 'GET', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'json' },
  getTenant: { method: 'GET', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'json' },
  getTenantZones: { method: 'GET', path: '/api/confd/1.1/voicemails/zonemessages', answer: 'json' },
  getToken: { method: 'GET', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  getTranscription: { method: 'GET', path: '/api/confd/1.1/voicemails/transcription', answer: 'json' },
  getUser: { method: 'GET', path: '/api/confd/1.1/users/{user}', answer: 'json' },
  getVoicemail: { method: 'GET', path: '/api/confd/1.1/voicemails/{id}', answer: 'json' },
  getVoicemailFolder: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/folders/{folder_id}', answer: 'json' },
  getVoicemailMessage: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'json' },
  getVoicemailMessages: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}', answer: 'json' },
  getVoicemailMwi: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/mwi', answer: 'json' },
  getVoicemailRecording: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/recording', answer: 'bytes' },
  getVoicemailSettings: { method: 'GET', path: '/api/confd/1.1/voicemails/settings', answer: 'json' },
  getZones: { method: 'GET', path: '/api/confd/1.1/asterisk/voicemail/zonemessages', answer: 'json' },
  listAccounts: { method: 'GET', path: '/api/auth/0.1/users', answer: 'json' },
  listContexts: { method: 'GET', path: '/api/confd/1.1/contexts', answer: 'json' },
  listDeletedVoicemails: { method: 'GET', path: '/api/confd/1.1/voicemails/trash', answer: 'json' },
  listDevices: { method: 'GET', path: '/api/confd/1.1/devices', answer: 'json' },
  listEvents: { method: 'GET', path: '/api/events', answer: 'json' },
  listMyRefreshTokens: { method: 'GET', path: '/api/auth/0.1/users/me/tokens', answer: 'json' },
  listMySessions: { method: 'GET', path: '/api/auth/0.1/users/me/sessions', answer: 'json' },
  listOwnMessages: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages', answer: 'json' },
  listPolicies: { method: 'GET', path: '/api/auth/0.1/policies', answer: 'json' },
  listRefreshTokens: { method: 'GET', path: '/api/auth/0.1/tokens', answer: 'json' },
  listSessions: { method: 'GET', path: '/api/auth/0.1/sessions', answer: 'json' },
  listTenants: { method: 'GET', path: '/api/auth/0.1/tenants', answer: 'json' },
  listUserPolicies: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/policies', answer: 'json' },
  listUserRefreshTokens: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/tokens', answer: 'json' },
  listUserSessions: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/sessions', answer: 'json' },
  listUserVoicemails: { method: 'GET', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  listUsers: { method: 'GET', path: '/api/confd/1.1/users', answer: 'json' },
  listVoicemails: { method: 'GET', path: '/api/confd/1.1/voicemails', answer: 'json' },
  moveOwnMessage: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  moveVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  removeUserPolicy: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/policies/{policy_uuid}', answer: 'none' },
  restoreVoicemail: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}/restore', answer: 'none' },
  setPassword: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}/password', answer: 'none' },
  updateAccount: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}', answer: 'json' },
  updateContext: { method: 'PUT', path: '/api/confd/1.1/contexts/{id}', answer: 'none' },
  updateDevice: { method: 'PUT', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  updateGeneralOptions: { method: 'PUT', path: '/api/confd/1.1/asterisk/voicemail/general', answer: 'none' },
  updatePolicy: { method: 'PUT', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'json' },
  updateTenant: { method: 'PUT', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'json' },
  updateTenantZones: { method: 'PUT', path: '/api/confd/1.1/voicemails/zonemessages', answer: 'none' },
  updateTranscription: { method: 'PUT', path: '/api/confd/1.1/voicemails/transcription', answer: 'none' },
  updateUser: { method: 'PUT', path: '/api/confd/1.1/users/{user}', answer: 'none' },
  updateVoicemail: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
  updateVoicemailSettings: { method: 'PUT', path: '/api/confd/1.1/voicemails/settings', answer: 'none' },
  updateZones: { method: 'PUT', path: '/api/confd/1.1/asterisk/voicemail/zonemessages', answer: 'none' },
} as const
