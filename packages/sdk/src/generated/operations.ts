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
  /** Move, delete or restore up to 500 messages of the own and the shared mailboxes; each id gets its own answer. Access: calld.users.me.voicemails.messages.bulk.create */
  changeOwnMessages: {
    body: {
      action: "move" | "delete" | "restore"
      ids: string[]
      /** where to, for `move` only */
      folder_id?: number
    }
    answer: {
      items: {
        id: string
        /** what a request for this message alone would have answered */
        status: number
        error_id?: string
      }[]
    }
  }
  /** Move, delete or restore up to 500 messages of a mailbox; each id gets its own answer. Access: calld.voicemails.{voicemail_id}.messages.bulk.create */
  changeVoicemailMessages: {
    params: {
      voicemail_id: string | number
    }
    body: {
      action: "move" | "delete" | "restore"
      ids: string[]
      /** where to, for `move` only */
      folder_id?: number
    }
    answer: {
      items: {
        id: string
        /** what a request for this message alone would have answered */
        status: number
        error_id?: string
      }[]
    }
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
  /** Claim a message. Access: calld.users.me.voicemails.messages.{message_id}.claim.update */
  claimOwnMessage: {
    params: {
      message_id: string | number
    }
    body: {
      /** seconds until the claim lapses; default the tenant’s */
      lease_s?: number
    }
    answer: {
      user_uuid: string
      /** when the claim lapses unless renewed, ISO 8601 in UTC */
      expires_at: string
    }
  }
  /** Claim a message. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.claim.update */
  claimVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      /** seconds until the claim lapses; default the tenant’s */
      lease_s?: number
    }
    answer: {
      user_uuid: string
      /** when the claim lapses unless renewed, ISO 8601 in UTC */
      expires_at: string
    }
  }
  /** Copy a greeting of the own mailbox to another name of the same mailbox, over what is there. Access: calld.users.me.voicemails.greetings.{greeting}.copy.create */
  copyOwnGreeting: {
    params: {
      greeting: string | number
    }
    body: {
      dest_greeting: "unavailable" | "busy" | "name"
    }
    answer: undefined
  }
  /** Copy a greeting of a mailbox in reach to another name of the same mailbox, over what is there. Access: calld.users.me.voicemails.all.{voicemail_id}.greetings.{greeting}.copy.create */
  copyReachedGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: {
      dest_greeting: "unavailable" | "busy" | "name"
    }
    answer: undefined
  }
  /** Copy a greeting of a mailbox to another name of the same mailbox, over what is there. Access: calld.voicemails.{voicemail_id}.greetings.{greeting}.copy.create */
  copyVoicemailGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: {
      dest_greeting: "unavailable" | "busy" | "name"
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
      mwi_mode?: "auto" | "solicited" | "unsolicited" | "off"
      /** how this kind of phone wants to be told */
      profile?: "default" | "yealink" | "cisco-legacy" | "plain"
      /** its own name stands for all its mailboxes, summed; false: for its primary one only */
      aggregate?: boolean
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account?: string | null
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
      mwi_mode: "auto" | "solicited" | "unsolicited" | "off"
      /** how this kind of phone wants to be told */
      profile: "default" | "yealink" | "cisco-legacy" | "plain"
      /** its own name stands for all its mailboxes, summed; false: for its primary one only */
      aggregate: boolean
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account: string | null
      voicemails: number[] | null
      links: {
        rel: string
        href: string
      }[]
      sip_password?: string
    }
  }
  /** Create a consumer on AMQP; its password is shown this once. Access: confd.event-consumers.create */
  createEventConsumer: {
    body: {
      name: string
      events?: string[]
      bindings?: string[]
      user_uuid?: string | null
      max_length?: number
      message_ttl_s?: number
      expires_s?: number
    }
    answer: {
      name: string
      events: string[]
      bindings: string[]
      user_uuid: string | null
      max_length: number
      message_ttl_s: number
      expires_s: number
      tenant_uuid: string
      username: string
      queue: string
      ready: boolean
      links: {
        rel: string
        href: string
      }[]
      password?: string
    }
  }
  /** Create a gateway that puts lamps on. Access: confd.gateways.create */
  createGateway: {
    body: {
      name: string
      profile?: "exchange" | "asterisk" | "generic"
      method?: "notify" | "publish" | "ari"
      username?: string | null
      /** may name {number}, {context}, {id}, {target} and {service} */
      address_template?: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      from_template?: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      mailbox_template?: string
      ari_path?: string
      contexts?: string[] | null
      mwi_enabled?: boolean
      retry_for_s?: number
      reassert_every_s?: number
      /** 0: never */
      ping_every_s?: number
      max_per_s?: number
      targets: ({
        host: string
        port?: number
        transport?: "udp" | "tcp" | "tls"
        tls_verify?: boolean
        server_name?: string | null
      })[]
      secret?: string | null
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      profile: "exchange" | "asterisk" | "generic"
      method: "notify" | "publish" | "ari"
      username: string | null
      /** may name {number}, {context}, {id}, {target} and {service} */
      address_template: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      from_template: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      mailbox_template: string
      ari_path: string
      contexts: string[] | null
      mwi_enabled: boolean
      retry_for_s: number
      reassert_every_s: number
      /** 0: never */
      ping_every_s: number
      max_per_s: number
      targets: ({
        host: string
        port: number
        transport: "udp" | "tcp" | "tls"
        tls_verify: boolean
        server_name: string | null
      })[]
      has_secret: boolean
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Create a policy on message waiting. Access: confd.mwi-policies.create */
  createMwiPolicy: {
    body: {
      name: string
      /** false: every lamp of its mailboxes is dark */
      allow_mwi?: boolean
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      /** false: every lamp of its mailboxes is dark */
      allow_mwi: boolean
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Create a source of message-waiting counts; a generated secret is shown this once. Access: confd.mwi-sources.create */
  createMwiSource: {
    body: {
      name: string
      enabled?: boolean
      username?: string | null
      digest_algorithm?: "MD5" | "SHA-256"
      /** the external mailbox it feeds */
      voicemail_id?: number | null
      /** where its numbers are mailboxes */
      context?: string | null
      /** notify: which mailbox a NOTIFY is about: always the one, or the number it names there */
      mapping?: "voicemail" | "request_uri" | "to" | "message_account"
      /** notify: who sends from here needs no digest */
      addresses?: string[]
      /** ari, notify: not heard of for so long, the counts it set are stale */
      stale_after_s?: number | null
      /** subscribe: places of the server, in their order */
      targets?: ({
        host: string
        port?: number | null
        transport?: string | null
      })[]
      /** subscribe: what to subscribe to */
      remote_voicemail?: string | null
      auth_username?: string | null
      expires_s?: number
      /** write-only */
      secret?: string | null
      /** subscribe: `user[:secret[:authuser]]@host[:port]/mailbox` in place of the fields it names; write-only */
      address?: string
      /** ari: an account of /ari; notify: a peer that tells us; subscribe: a server that we ask */
      kind: "ari" | "notify" | "subscribe"
    }
    answer: {
      uuid: string
      tenant_uuid: string
      /** ari: an account of /ari; notify: a peer that tells us; subscribe: a server that we ask */
      kind: "ari" | "notify" | "subscribe"
      name: string
      enabled: boolean
      username: string | null
      digest_algorithm: "MD5" | "SHA-256"
      /** the external mailbox it feeds */
      voicemail_id: number | null
      /** where its numbers are mailboxes */
      context: string | null
      /** notify: which mailbox a NOTIFY is about: always the one, or the number it names there */
      mapping: "voicemail" | "request_uri" | "to" | "message_account"
      /** notify: who sends from here needs no digest */
      addresses: string[]
      /** ari, notify: not heard of for so long, the counts it set are stale */
      stale_after_s: number | null
      /** subscribe: places of the server, in their order */
      targets: ({
        host: string
        port?: number | null
        transport?: string | null
      })[]
      /** subscribe: what to subscribe to */
      remote_voicemail: string | null
      auth_username: string | null
      expires_s: number
      has_secret: boolean
      status: {
        /** subscribe: idle, subscribing, active, refreshing, waiting, stopped */
        state: string
        /** last SIP answer to our SUBSCRIBE */
        last_status: number | null
        /** why it failed or ended */
        last_reason: string | null
        last_heard_at: string | null
        expires_at: string | null
        /** the place it stands with */
        target: string | null
      }
      links: {
        rel: string
        href: string
      }[]
      secret?: string
    }
  }
  /** Record a greeting of the own mailbox: a WAV body. Access: calld.users.me.voicemails.greetings.{greeting}.create */
  createOwnGreeting: {
    params: {
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
  }
  /** Make a short-lived link that plays a message of the own or a shared mailbox; the body may be left out. Access: calld.users.me.voicemails.messages.{message_id}.recording.link.create */
  createOwnRecordingLink: {
    params: {
      message_id: string | number
    }
    body: {
      /** seconds until it opens nothing; default 60 */
      expires_in_s?: number
    }
    answer: {
      /** opens the recording without a token */
      url: string
      /** UTC */
      expires_at: string
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
  /** Record a greeting of a mailbox in reach: a WAV body. Access: calld.users.me.voicemails.all.{voicemail_id}.greetings.{greeting}.create */
  createReachedGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
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
        mwi_policy_uuid?: string | null
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
        mwi_policy_uuid: string | null
        options: [string, string][]
        /** null: our own mailbox */
        external: {
          /** the feed that sets its counts */
          source: "ari" | "notify" | "subscribe"
          /** when the source last said how much waits; null: never yet */
          last_heard_at: string | null
          /** the source was due and was not heard of: these are the last counts */
          stale: boolean
        } | null
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
      mwi_policy_uuid?: string | null
      options?: [string, string][]
      /** the messages lie elsewhere, this feed sets the counts; for good */
      external?: {
        source: "ari" | "notify" | "subscribe"
      } | null
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
      mwi_policy_uuid: string | null
      options: [string, string][]
      /** null: our own mailbox */
      external: {
        /** the feed that sets its counts */
        source: "ari" | "notify" | "subscribe"
        /** when the source last said how much waits; null: never yet */
        last_heard_at: string | null
        /** the source was due and was not heard of: these are the last counts */
        stale: boolean
      } | null
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
      mwi_policy_uuid?: string | null
      options?: [string, string][]
      /** the messages lie elsewhere, this feed sets the counts; for good */
      external?: {
        source: "ari" | "notify" | "subscribe"
      } | null
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
      mwi_policy_uuid: string | null
      options: [string, string][]
      /** null: our own mailbox */
      external: {
        /** the feed that sets its counts */
        source: "ari" | "notify" | "subscribe"
        /** when the source last said how much waits; null: never yet */
        last_heard_at: string | null
        /** the source was due and was not heard of: these are the last counts */
        stale: boolean
      } | null
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
  /** Record a greeting of a mailbox: a WAV body. Access: calld.voicemails.{voicemail_id}.greetings.{greeting}.create */
  createVoicemailGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
  }
  /** Make a short-lived link that plays a message of a mailbox; the body may be left out. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.recording.link.create */
  createVoicemailRecordingLink: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      /** seconds until it opens nothing; default 60 */
      expires_in_s?: number
    }
    answer: {
      /** opens the recording without a token */
      url: string
      /** UTC */
      expires_at: string
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
  /** Delete a mailbox. Access: ari.mailboxes.delete */
  deleteAriMailbox: {
    params: {
      mailboxName: string | number
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
  /** Forget a dead letter. Access: confd.dead-letters.{id}.delete */
  deleteDeadLetter: {
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
  /** Delete a consumer on AMQP with its queue. Access: confd.event-consumers.{consumer}.delete */
  deleteEventConsumer: {
    params: {
      consumer: string | number
    }
    answer: undefined
  }
  /** Delete a gateway; the lamps it lit go dark. Access: confd.gateways.{gateway_uuid}.delete */
  deleteGateway: {
    params: {
      gateway_uuid: string | number
    }
    answer: undefined
  }
  /** Take from a mailbox its own address at a gateway. Access: confd.gateways.{gateway_uuid}.voicemails.{id}.delete */
  deleteGatewayAddress: {
    params: {
      gateway_uuid: string | number
      id: string | number
    }
    answer: undefined
  }
  /** Delete a policy on message waiting that no mailbox has. Access: confd.mwi-policies.{mwi_policy_uuid}.delete */
  deleteMwiPolicy: {
    params: {
      mwi_policy_uuid: string | number
    }
    answer: undefined
  }
  /** Delete a source of message-waiting counts; its mailboxes keep their last ones. Access: confd.mwi-sources.{uuid}.delete */
  deleteMwiSource: {
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
  /** Delete a greeting of the own mailbox; also when there is none. Access: calld.users.me.voicemails.greetings.{greeting}.delete */
  deleteOwnGreeting: {
    params: {
      greeting: string | number
    }
    answer: undefined
  }
  /** Delete a message of the own or a shared mailbox: to the trash, or with `purge` for good. Access: calld.users.me.voicemails.messages.{message_id}.delete */
  deleteOwnMessage: {
    params: {
      message_id: string | number
    }
    query?: {
      purge?: boolean
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
  /** Delete a greeting of a mailbox in reach; also when there is none. Access: calld.users.me.voicemails.all.{voicemail_id}.greetings.{greeting}.delete */
  deleteReachedGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
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
  /** Remove the transcription of a message. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.transcription.delete */
  deleteTranscription: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: undefined
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
  /** Share a mailbox with everyone no more. Access: confd.voicemails.{id}.members.everyone.delete */
  deleteVoicemailEveryone: {
    params: {
      id: string | number
    }
    answer: undefined
  }
  /** Delete a greeting of a mailbox; also when there is none. Access: calld.voicemails.{voicemail_id}.greetings.{greeting}.delete */
  deleteVoicemailGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    answer: undefined
  }
  /** Share a mailbox with a user no more. Access: confd.voicemails.{id}.members.{user_uuid}.delete */
  deleteVoicemailMember: {
    params: {
      id: string | number
      user_uuid: string | number
    }
    answer: undefined
  }
  /** Delete a message of a mailbox: to the trash, or with `purge` for good. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.delete */
  deleteVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    query?: {
      purge?: boolean
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
  /** Erase the messages of a caller for good. Access: calld.voicemails.erasures.create */
  eraseCaller: {
    body: {
      caller_id_num: string
    }
    answer: {
      messages: number
      /** audio objects that are gone */
      objects: number
      transcriptions: number
      /** messages under legal hold, which stay */
      held: {
        voicemail_id: number
        message_id: string
      }[]
    }
  }
  /** Explain the lamp of a device: what it watches and why, where it is told, what it answered. Access: confd.devices.{uuid}.explain.read */
  explainDevice: {
    params: {
      uuid: string | number
    }
    answer: {
      /** why the lamp is on or off */
      sentence: string
      /** whether it should be */
      lit: boolean
      in_sync: boolean
      device: {
        uuid: string
        name: string | null
        sip_username: string
        user_uuid: string | null
        mwi_mode: string
      }
      mailboxes: ({
        voicemail: {
          id: number
          number: string | null
          name: string | null
        }
        enabled: boolean
        because: ("listed" | "personal" | "global" | "member" | "everyone")[]
        /** of the user of the device */
        rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
        policy: {
          uuid: string
          name: string
          allow_mwi: boolean
        } | null
      })[]
      subscriptions: ({
        contact: string
        transport: string
        /** where it really came from */
        remote: string
        user_agent: string | null
        /** ISO 8601, UTC */
        expires_at: string
        /** null: everything the device watches */
        voicemail_id: number | null
      })[]
      registrations: ({
        contact: string
        transport: string
        /** where it really came from */
        remote: string
        user_agent: string | null
        /** ISO 8601, UTC */
        expires_at: string
      })[]
      lamps: ({
        uuid: string
        voicemail: {
          id: number
          number: string | null
          name: string | null
        }
        lit: boolean
        in_sync: boolean
        reason: string
        last_status: number | null
        acknowledged_at: string | null
        sentence: string
      })[]
    }
  }
  /** Export the messages of a caller with their audio. Access: calld.voicemails.messages.export.read */
  exportCaller: {
    query?: {
      caller_id_num: string
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** Export the messages of a mailbox with their audio. Access: calld.voicemails.{voicemail_id}.export.read */
  exportVoicemail: {
    params: {
      voicemail_id: string | number
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** Forward a message to other mailboxes of the tenant. Access: calld.users.me.voicemails.messages.{message_id}.forward.create */
  forwardOwnMessage: {
    params: {
      message_id: string | number
    }
    body: {
      /** other mailboxes of the same tenant */
      voicemail_ids: number[]
      /** false moves the original to the trash; default true */
      keep?: boolean
      note?: string | null
    }
    answer: {
      total: number
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
    }
  }
  /** Forward a message to other mailboxes of the tenant. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.forward.create */
  forwardVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      /** other mailboxes of the same tenant */
      voicemail_ids: number[]
      /** false moves the original to the trash; default true */
      keep?: boolean
      note?: string | null
    }
    answer: {
      total: number
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
    }
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
  getAriDocument: {
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read the state of a mailbox. Access: ari.mailboxes.read */
  getAriMailbox: {
    params: {
      mailboxName: string | number
    }
    answer: {
      /** `number@context`; the home context of the caller reads `default` */
      name: string
      old_messages: number
      new_messages: number
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
  getCallLogdDocument: {
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
  /** Read a dead letter with its body. Access: confd.dead-letters.{id}.read */
  getDeadLetter: {
    params: {
      id: string | number
    }
    answer: {
      id: number
      /** the queue it died in */
      queue: string
      /** why, in the broker’s words: rejected, delivery_limit, … */
      reason: string
      /** name of the event */
      name: string
      event_id: string | null
      headers: Record<string, unknown>
      /** bytes of the body */
      size: number
      /** ISO 8601, UTC */
      died_at: string
      body: string
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
      mwi_mode: "auto" | "solicited" | "unsolicited" | "off"
      /** how this kind of phone wants to be told */
      profile: "default" | "yealink" | "cisco-legacy" | "plain"
      /** its own name stands for all its mailboxes, summed; false: for its primary one only */
      aggregate: boolean
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account: string | null
      voicemails: number[] | null
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Read a consumer on AMQP. Access: confd.event-consumers.{consumer}.read */
  getEventConsumer: {
    params: {
      consumer: string | number
    }
    answer: {
      name: string
      events: string[]
      bindings: string[]
      user_uuid: string | null
      max_length: number
      message_ttl_s: number
      expires_s: number
      tenant_uuid: string
      username: string
      queue: string
      ready: boolean
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
  /** Read a gateway. Access: confd.gateways.{gateway_uuid}.read */
  getGateway: {
    params: {
      gateway_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      profile: "exchange" | "asterisk" | "generic"
      method: "notify" | "publish" | "ari"
      username: string | null
      /** may name {number}, {context}, {id}, {target} and {service} */
      address_template: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      from_template: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      mailbox_template: string
      ari_path: string
      contexts: string[] | null
      mwi_enabled: boolean
      retry_for_s: number
      reassert_every_s: number
      /** 0: never */
      ping_every_s: number
      max_per_s: number
      targets: ({
        host: string
        port: number
        transport: "udp" | "tcp" | "tls"
        tls_verify: boolean
        server_name: string | null
      })[]
      has_secret: boolean
      links: {
        rel: string
        href: string
      }[]
    }
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
  /** Read a lamp. Access: calld.lamps.{lamp_uuid}.read */
  getLamp: {
    params: {
      lamp_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      /** null: a gateway shows it */
      device: {
        uuid: string
        name: string | null
        sip_username: string
      } | null
      /** null: a device shows it */
      gateway: {
        uuid: string
        name: string | null
      } | null
      voicemail: {
        id: number
        number: string | null
        name: string | null
      }
      desired: {
        new: number
        old: number
        urgent_new: number
        urgent_old: number
        /** of the mailbox */
        revision: number
        lit: boolean
      }
      acknowledged: {
        new: number
        old: number
        urgent_new: number
        urgent_old: number
        /** of the mailbox */
        revision: number
        lit: boolean
        /** ISO 8601, UTC */
        at: string
      } | null
      /** it was acknowledged to show what it should */
      in_sync: boolean
      /** e.g. `acknowledged`, `pending`, `no_contact`, `blocked_by_gateway` */
      reason: string
      /** what it answered last */
      last_status: number | null
      contact: string | null
      transport: string | null
      /** when its subscription or registration runs out */
      expires_at: string | null
      /** when something was last decided about it */
      updated_at: string | null
    }
  }
  /** Read the last twenty decisions about a lamp, newest first. Access: calld.lamps.{lamp_uuid}.trace.read */
  getLampTrace: {
    params: {
      lamp_uuid: string | number
    }
    answer: {
      items: ({
        /** ISO 8601, UTC */
        at: string
        cause: {
          kind: "event" | "request" | "reconcile" | "reassert"
          /** of the event, or the method of the request */
          name: string | null
          event_id: string | null
        }
        state: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
        }
        action: "notify" | "skip" | "hold" | "end"
        status: number | null
        reason: string
      })[]
      total: number
    }
  }
  /** Play the message a link was made for. Access: none */
  getLinkedRecording: {
    params: {
      link: string | number
    }
    query?: {
      download?: string
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read a policy on message waiting. Access: confd.mwi-policies.{mwi_policy_uuid}.read */
  getMwiPolicy: {
    params: {
      mwi_policy_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      name: string
      /** false: every lamp of its mailboxes is dark */
      allow_mwi: boolean
      links: {
        rel: string
        href: string
      }[]
    }
  }
  /** Read a source of message-waiting counts. Access: confd.mwi-sources.{uuid}.read */
  getMwiSource: {
    params: {
      uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      /** ari: an account of /ari; notify: a peer that tells us; subscribe: a server that we ask */
      kind: "ari" | "notify" | "subscribe"
      name: string
      enabled: boolean
      username: string | null
      digest_algorithm: "MD5" | "SHA-256"
      /** the external mailbox it feeds */
      voicemail_id: number | null
      /** where its numbers are mailboxes */
      context: string | null
      /** notify: which mailbox a NOTIFY is about: always the one, or the number it names there */
      mapping: "voicemail" | "request_uri" | "to" | "message_account"
      /** notify: who sends from here needs no digest */
      addresses: string[]
      /** ari, notify: not heard of for so long, the counts it set are stale */
      stale_after_s: number | null
      /** subscribe: places of the server, in their order */
      targets: ({
        host: string
        port?: number | null
        transport?: string | null
      })[]
      /** subscribe: what to subscribe to */
      remote_voicemail: string | null
      auth_username: string | null
      expires_s: number
      has_secret: boolean
      status: {
        /** subscribe: idle, subscribing, active, refreshing, waiting, stopped */
        state: string
        /** last SIP answer to our SUBSCRIBE */
        last_status: number | null
        /** why it failed or ended */
        last_reason: string | null
        last_heard_at: string | null
        expires_at: string | null
        /** the place it stands with */
        target: string | null
      }
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
  /** Play a greeting of the own mailbox. Access: calld.users.me.voicemails.greetings.{greeting}.read */
  getOwnGreeting: {
    params: {
      greeting: string | number
    }
    answer: Uint8Array<ArrayBuffer>
  }
  /** Read a lamp of an own device. Access: calld.users.me.lamps.{lamp_uuid}.read */
  getOwnLamp: {
    params: {
      lamp_uuid: string | number
    }
    answer: {
      uuid: string
      tenant_uuid: string
      /** null: a gateway shows it */
      device: {
        uuid: string
        name: string | null
        sip_username: string
      } | null
      /** null: a device shows it */
      gateway: {
        uuid: string
        name: string | null
      } | null
      voicemail: {
        id: number
        number: string | null
        name: string | null
      }
      desired: {
        new: number
        old: number
        urgent_new: number
        urgent_old: number
        /** of the mailbox */
        revision: number
        lit: boolean
      }
      acknowledged: {
        new: number
        old: number
        urgent_new: number
        urgent_old: number
        /** of the mailbox */
        revision: number
        lit: boolean
        /** ISO 8601, UTC */
        at: string
      } | null
      /** it was acknowledged to show what it should */
      in_sync: boolean
      /** e.g. `acknowledged`, `pending`, `no_contact`, `blocked_by_gateway` */
      reason: string
      /** what it answered last */
      last_status: number | null
      contact: string | null
      transport: string | null
      /** when its subscription or registration runs out */
      expires_at: string | null
      /** when something was last decided about it */
      updated_at: string | null
    }
  }
  /** Read the last twenty decisions about a lamp of an own device, newest first. Access: calld.users.me.lamps.{lamp_uuid}.trace.read */
  getOwnLampTrace: {
    params: {
      lamp_uuid: string | number
    }
    answer: {
      items: ({
        /** ISO 8601, UTC */
        at: string
        cause: {
          kind: "event" | "request" | "reconcile" | "reassert"
          /** of the event, or the method of the request */
          name: string | null
          event_id: string | null
        }
        state: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
        }
        action: "notify" | "skip" | "hold" | "end"
        status: number | null
        reason: string
      })[]
      total: number
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
      voicemail_type?: "all" | "personal" | "global" | "shared"
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
      /** how many of the new ones somebody works on */
      claimed?: number
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
  /** List the deleted messages of the own and the shared mailboxes, the latest deletion first. Access: calld.users.me.voicemails.trash.read */
  getOwnTrash: {
    query?: {
      limit?: number
      offset?: number
      cursor?: string
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
        /** ISO 8601, UTC */
        deleted_at: string
        /** user; null when it grew too old */
        deleted_by: string | null
        /** when it goes for good; null while it is on hold */
        purge_at: string | null
      })[]
      total: number
      /** there is more: the cursor of the next page */
      next_cursor?: string
    }
  }
  /** Read the own mailbox with its messages. Access: calld.users.me.voicemails.read */
  getOwnVoicemail: {
    answer: {
      id: number
      name: string
      number: string
      accesstype: string
      /** null: our own mailbox */
      external: {
        /** the feed that sets its counts */
        source: "ari" | "notify" | "subscribe"
        /** when the source last said how much waits; null: never yet */
        last_heard_at: string | null
        /** the source was due and was not heard of: these are the last counts */
        stale: boolean
      } | null
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
  /** Play a greeting of a mailbox in reach. Access: calld.users.me.voicemails.all.{voicemail_id}.greetings.{greeting}.read */
  getReachedGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    answer: Uint8Array<ArrayBuffer>
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
      mwi_policy_uuid: string | null
      options: [string, string][]
      /** null: our own mailbox */
      external: {
        /** the feed that sets its counts */
        source: "ari" | "notify" | "subscribe"
        /** when the source last said how much waits; null: never yet */
        last_heard_at: string | null
        /** the source was due and was not heard of: these are the last counts */
        stale: boolean
      } | null
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
  /** Play a greeting of a mailbox. Access: calld.voicemails.{voicemail_id}.greetings.{greeting}.read */
  getVoicemailGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    answer: Uint8Array<ArrayBuffer>
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
      /** null: our own mailbox */
      external: {
        /** the feed that sets its counts */
        source: "ari" | "notify" | "subscribe"
        /** when the source last said how much waits; null: never yet */
        last_heard_at: string | null
        /** the source was due and was not heard of: these are the last counts */
        stale: boolean
      } | null
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
      /** how many of the new ones somebody works on */
      claimed?: number
    }
  }
  /** Read which gateways and devices show a mailbox, and which switch keeps a lamp dark. Access: confd.voicemails.{id}.mwi.read */
  getVoicemailMwiSwitches: {
    params: {
      id: string | number
    }
    answer: {
      voicemail_id: number
      mwi_policy: {
        uuid: string
        name: string
        allow_mwi: boolean
      } | null
      gateways: ({
        uuid: string
        name: string | null
        /** whether it shows what waits */
        shown: boolean
        blocked_by: "policy" | "gateway" | "device" | null
        /** what the ledger says of its lamp; null: it was never told */
        reason: string | null
      })[]
      devices: ({
        uuid: string
        name: string | null
        /** whether it shows what waits */
        shown: boolean
        blocked_by: "policy" | "gateway" | "device" | null
        /** what the ledger says of its lamp; null: it was never told */
        reason: string | null
      })[]
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
      /** how long events can be asked for again; null is what the installation says */
      event_retention_hours: number | null
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account: string | null
      /** SIP devices of the tenant may register */
      sip_registrar: boolean
    }
  }
  /** List the deleted messages of a mailbox, the latest deletion first. Access: calld.voicemails.{voicemail_id}.trash.read */
  getVoicemailTrash: {
    params: {
      voicemail_id: string | number
    }
    query?: {
      limit?: number
      offset?: number
      cursor?: string
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
        /** ISO 8601, UTC */
        deleted_at: string
        /** user; null when it grew too old */
        deleted_by: string | null
        /** when it goes for good; null while it is on hold */
        purge_at: string | null
      })[]
      total: number
      /** there is more: the cursor of the next page */
      next_cursor?: string
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
  /** Put a message on hold: it can neither be deleted nor purged, and does not grow too old. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.hold.update */
  holdVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: undefined
  }
  /** Import an exported archive into a mailbox; messages that are there already are skipped. Access: calld.voicemails.{voicemail_id}.import.create */
  importVoicemail: {
    params: {
      voicemail_id: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: {
      imported: number
      skipped: number
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
  /** List mailboxes. Access: ari.mailboxes.read */
  listAriMailboxes: {
    answer: {
      /** `number@context`; the home context of the caller reads `default` */
      name: string
      old_messages: number
      new_messages: number
    }[]
  }
  /** List who listened, moved, deleted and changed what, newest first. Access: calld.audit.read */
  listAudit: {
    query?: {
      mailbox_id?: number
      message_id?: string
      actor_uuid?: string
      action?: string
      from?: string
      until?: string
      recurse?: boolean
      limit?: number
      cursor?: string
    }
    answer: {
      items: ({
        id: number
        tenant_uuid: string
        /** ISO 8601, UTC */
        at: string
        /** user; null for the system itself */
        actor_uuid: string | null
        /** e.g. `message.deleted` */
        action: string
        mailbox_id: number | null
        message_id: string | null
        details: Record<never, never>
        request_id: string | null
        remote_addr: string | null
      })[]
      /** there is more: the cursor of the next page */
      next_cursor?: string
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
  /** List messages of the bus that no consumer could take. Access: confd.dead-letters.read */
  listDeadLetters: {
    query?: {
      limit?: number
      offset?: number
    }
    answer: {
      total: number
      items: ({
        id: number
        /** the queue it died in */
        queue: string
        /** why, in the broker’s words: rejected, delivery_limit, … */
        reason: string
        /** name of the event */
        name: string
        event_id: string | null
        headers: Record<string, unknown>
        /** bytes of the body */
        size: number
        /** ISO 8601, UTC */
        died_at: string
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
        mwi_policy_uuid: string | null
        options: [string, string][]
        /** null: our own mailbox */
        external: {
          /** the feed that sets its counts */
          source: "ari" | "notify" | "subscribe"
          /** when the source last said how much waits; null: never yet */
          last_heard_at: string | null
          /** the source was due and was not heard of: these are the last counts */
          stale: boolean
        } | null
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
        mwi_mode: "auto" | "solicited" | "unsolicited" | "off"
        /** how this kind of phone wants to be told */
        profile: "default" | "yealink" | "cisco-legacy" | "plain"
        /** its own name stands for all its mailboxes, summed; false: for its primary one only */
        aggregate: boolean
        /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
        message_account: string | null
        voicemails: number[] | null
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** List consumers on AMQP. Access: confd.event-consumers.read */
  listEventConsumers: {
    query?: {
      limit?: number
      offset?: number
    }
    answer: {
      total: number
      items: ({
        name: string
        events: string[]
        bindings: string[]
        user_uuid: string | null
        max_length: number
        message_ttl_s: number
        expires_s: number
        tenant_uuid: string
        username: string
        queue: string
        ready: boolean
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
  /** List the mailboxes that have an address of their own at a gateway. Access: confd.gateways.{gateway_uuid}.voicemails.read */
  listGatewayAddresses: {
    params: {
      gateway_uuid: string | number
    }
    query?: {
      limit?: number
      offset?: number
    }
    answer: {
      total: number
      items: {
        voicemail_id: number
        /** may name {number}, {context}, {id}, {target} and {service} */
        address_template: string
      }[]
    }
  }
  /** List gateways that put lamps on. Access: confd.gateways.read */
  listGateways: {
    query?: {
      limit?: number
      offset?: number
      order?: "name" | "profile" | "method"
      direction?: "asc" | "desc"
      search?: string
      recurse?: boolean
      name?: string
      profile?: string
      method?: string
    }
    answer: {
      total: number
      items: ({
        uuid: string
        tenant_uuid: string
        name: string
        profile: "exchange" | "asterisk" | "generic"
        method: "notify" | "publish" | "ari"
        username: string | null
        /** may name {number}, {context}, {id}, {target} and {service} */
        address_template: string
        /** may name {number}, {context}, {id}, {target} and {service} */
        from_template: string
        /** may name {number}, {context}, {id}, {target} and {service} */
        mailbox_template: string
        ari_path: string
        contexts: string[] | null
        mwi_enabled: boolean
        retry_for_s: number
        reassert_every_s: number
        /** 0: never */
        ping_every_s: number
        max_per_s: number
        targets: ({
          host: string
          port: number
          transport: "udp" | "tcp" | "tls"
          tls_verify: boolean
          server_name: string | null
        })[]
        has_secret: boolean
        links: {
          rel: string
          href: string
        }[]
      })[]
    }
  }
  /** List lamps: what each device and gateway should show, what it acknowledged, and why they differ. Access: calld.lamps.read */
  listLamps: {
    query?: {
      device?: string
      mailbox?: number
      gateway?: string
      in_sync?: boolean
      lit?: boolean
      limit?: number
      offset?: number
      order?: "device" | "mailbox" | "updated_at"
      direction?: "asc" | "desc"
      recurse?: boolean
    }
    answer: {
      items: ({
        uuid: string
        tenant_uuid: string
        /** null: a gateway shows it */
        device: {
          uuid: string
          name: string | null
          sip_username: string
        } | null
        /** null: a device shows it */
        gateway: {
          uuid: string
          name: string | null
        } | null
        voicemail: {
          id: number
          number: string | null
          name: string | null
        }
        desired: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
        }
        acknowledged: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
          /** ISO 8601, UTC */
          at: string
        } | null
        /** it was acknowledged to show what it should */
        in_sync: boolean
        /** e.g. `acknowledged`, `pending`, `no_contact`, `blocked_by_gateway` */
        reason: string
        /** what it answered last */
        last_status: number | null
        contact: string | null
        transport: string | null
        /** when its subscription or registration runs out */
        expires_at: string | null
        /** when something was last decided about it */
        updated_at: string | null
      })[]
      total: number
    }
  }
  /** List policies on message waiting. Access: confd.mwi-policies.read */
  listMwiPolicies: {
    query?: {
      limit?: number
      offset?: number
      order?: "name"
      direction?: "asc" | "desc"
      search?: string
      recurse?: boolean
      name?: string
    }
    answer: {
      total: number
      items: {
        uuid: string
        tenant_uuid: string
        name: string
        /** false: every lamp of its mailboxes is dark */
        allow_mwi: boolean
        links: {
          rel: string
          href: string
        }[]
      }[]
    }
  }
  /** List sources of message-waiting counts. Access: confd.mwi-sources.read */
  listMwiSources: {
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
        /** ari: an account of /ari; notify: a peer that tells us; subscribe: a server that we ask */
        kind: "ari" | "notify" | "subscribe"
        name: string
        enabled: boolean
        username: string | null
        digest_algorithm: "MD5" | "SHA-256"
        /** the external mailbox it feeds */
        voicemail_id: number | null
        /** where its numbers are mailboxes */
        context: string | null
        /** notify: which mailbox a NOTIFY is about: always the one, or the number it names there */
        mapping: "voicemail" | "request_uri" | "to" | "message_account"
        /** notify: who sends from here needs no digest */
        addresses: string[]
        /** ari, notify: not heard of for so long, the counts it set are stale */
        stale_after_s: number | null
        /** subscribe: places of the server, in their order */
        targets: ({
          host: string
          port?: number | null
          transport?: string | null
        })[]
        /** subscribe: what to subscribe to */
        remote_voicemail: string | null
        auth_username: string | null
        expires_s: number
        has_secret: boolean
        status: {
          /** subscribe: idle, subscribing, active, refreshing, waiting, stopped */
          state: string
          /** last SIP answer to our SUBSCRIBE */
          last_status: number | null
          /** why it failed or ended */
          last_reason: string | null
          last_heard_at: string | null
          expires_at: string | null
          /** the place it stands with */
          target: string | null
        }
        links: {
          rel: string
          href: string
        }[]
      })[]
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
  /** List the lamps of the own devices. Access: calld.users.me.lamps.read */
  listOwnLamps: {
    query?: {
      device?: string
      mailbox?: number
      gateway?: string
      in_sync?: boolean
      lit?: boolean
      limit?: number
      offset?: number
      order?: "device" | "mailbox" | "updated_at"
      direction?: "asc" | "desc"
    }
    answer: {
      items: ({
        uuid: string
        tenant_uuid: string
        /** null: a gateway shows it */
        device: {
          uuid: string
          name: string | null
          sip_username: string
        } | null
        /** null: a device shows it */
        gateway: {
          uuid: string
          name: string | null
        } | null
        voicemail: {
          id: number
          number: string | null
          name: string | null
        }
        desired: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
        }
        acknowledged: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
          /** of the mailbox */
          revision: number
          lit: boolean
          /** ISO 8601, UTC */
          at: string
        } | null
        /** it was acknowledged to show what it should */
        in_sync: boolean
        /** e.g. `acknowledged`, `pending`, `no_contact`, `blocked_by_gateway` */
        reason: string
        /** what it answered last */
        last_status: number | null
        contact: string | null
        transport: string | null
        /** when its subscription or registration runs out */
        expires_at: string | null
        /** when something was last decided about it */
        updated_at: string | null
      })[]
      total: number
    }
  }
  /** List every mailbox the user reaches, with rights and counts. Access: calld.users.me.voicemails.all.read */
  listOwnMailboxes: {
    answer: {
      items: ({
        id: number
        name: string
        number: string
        accesstype: string
        rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
        counts: {
          new: number
          old: number
          urgent_new: number
          urgent_old: number
        }
        /** null: our own mailbox */
        external: {
          /** the feed that sets its counts */
          source: "ari" | "notify" | "subscribe"
          /** when the source last said how much waits; null: never yet */
          last_heard_at: string | null
          /** the source was due and was not heard of: these are the last counts */
          stale: boolean
        } | null
      })[]
      total: number
    }
  }
  /** List the messages of the own and the shared mailboxes. Access: calld.users.me.voicemails.messages.read */
  listOwnMessages: {
    query?: {
      limit?: number
      offset?: number
      order?: "id" | "caller_id_name" | "duration" | "timestamp"
      direction?: "asc" | "desc"
      voicemail_type?: "all" | "personal" | "global" | "shared"
      from?: string
      until?: string
      unread?: boolean
      folder?: number
      search?: string
      cursor?: string
      raw?: string
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
      /** messages in the selected mailboxes */
      total: number
      /** those of them that pass the filters */
      filtered: number
      /** there when there is a next page */
      next_cursor?: string
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
  /** List the messages of the tenant. Access: calld.voicemails.messages.read */
  listTenantMessages: {
    query?: {
      limit?: number
      offset?: number
      order?: "id" | "caller_id_name" | "duration" | "timestamp"
      direction?: "asc" | "desc"
      voicemail_type?: "all" | "personal" | "global" | "shared"
      from?: string
      until?: string
      unread?: boolean
      folder?: number
      search?: string
      cursor?: string
      user_uuid?: string
      voicemail_id?: number
      recurse?: boolean
      transcribed?: boolean
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
        transcribed: boolean
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
      /** messages in the selected mailboxes */
      total: number
      /** those of them that pass the filters */
      filtered: number
      /** there when there is a next page */
      next_cursor?: string
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
  /** List transcriptions. Access: call-logd.voicemails.transcriptions.read */
  listTranscriptions: {
    query?: {
      voicemail_id?: string
      from?: string
      until?: string
      limit?: number
      offset?: number
      order?: "created_at" | "message_id"
      direction?: "asc" | "desc"
      search_text?: string
    }
    answer: {
      items: ({
        message_id: string
        tenant_uuid: string
        voicemail_id: number
        transcription_text: string
        provider_id: string | null
        language: string | null
        duration: number | null
        created_at: string
      })[]
      total: number
      filtered: number
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
        mwi_policy_uuid: string | null
        options: [string, string][]
        /** null: our own mailbox */
        external: {
          /** the feed that sets its counts */
          source: "ari" | "notify" | "subscribe"
          /** when the source last said how much waits; null: never yet */
          last_heard_at: string | null
          /** the source was due and was not heard of: these are the last counts */
          stale: boolean
        } | null
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
  /** List whom a mailbox is shared with, beside its own users. Access: confd.voicemails.{id}.members.read */
  listVoicemailMembers: {
    params: {
      id: string | number
    }
    answer: {
      total: number
      items: ({
        /** null: everyone of the tenant */
        user_uuid: string | null
        /** hear and see messages; move and mark them; delete them; record greetings; delete for good */
        rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
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
        mwi_policy_uuid: string | null
        options: [string, string][]
        /** null: our own mailbox */
        external: {
          /** the feed that sets its counts */
          source: "ari" | "notify" | "subscribe"
          /** when the source last said how much waits; null: never yet */
          last_heard_at: string | null
          /** the source was due and was not heard of: these are the last counts */
          stale: boolean
        } | null
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
  /** Give a mailbox an address of its own at a gateway; it goes dark where it was. Access: confd.gateways.{gateway_uuid}.voicemails.{id}.update */
  putGatewayAddress: {
    params: {
      gateway_uuid: string | number
      id: string | number
    }
    body: {
      /** may name {number}, {context}, {id}, {target} and {service} */
      address_template: string
    }
    answer: undefined
  }
  /** Store the transcription of a message. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.transcription.update */
  putTranscription: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      text: string
      provider_id?: string | null
      language?: string | null
      /** seconds of audio */
      duration?: number | null
    }
    answer: undefined
  }
  /** Share a mailbox with everyone of the tenant. Access: confd.voicemails.{id}.members.everyone.update */
  putVoicemailEveryone: {
    params: {
      id: string | number
    }
    body: {
      /** hear and see messages; move and mark them; delete them; record greetings; delete for good */
      rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
    }
    answer: undefined
  }
  /** Share a mailbox with a user. Access: confd.voicemails.{id}.members.{user_uuid}.update */
  putVoicemailMember: {
    params: {
      id: string | number
      user_uuid: string | number
    }
    body: {
      /** hear and see messages; move and mark them; delete them; record greetings; delete for good */
      rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
    }
    answer: undefined
  }
  /** Tell every lamp of a device again what it should show. Access: calld.devices.{uuid}.lamps.reassert.update */
  reassertDeviceLamps: {
    params: {
      uuid: string | number
    }
    answer: undefined
  }
  /** Tell a gateway the state of all its mailboxes again. Access: confd.gateways.{gateway_uuid}.reassert.update */
  reassertGateway: {
    params: {
      gateway_uuid: string | number
    }
    answer: undefined
  }
  /** Tell a lamp again what it should show, whatever it acknowledged. Access: calld.lamps.{lamp_uuid}.reassert.update */
  reassertLamp: {
    params: {
      lamp_uuid: string | number
    }
    answer: undefined
  }
  /** Tell the lamps of the tenant, or those that pass the filters, again what they should show. Access: calld.lamps.reassert.update */
  reassertLamps: {
    query?: {
      device?: string
      mailbox?: number
      gateway?: string
      in_sync?: boolean
      lit?: boolean
    }
    answer: undefined
  }
  /** Tell a lamp of an own device again what it should show. Access: calld.users.me.lamps.{lamp_uuid}.reassert.update */
  reassertOwnLamp: {
    params: {
      lamp_uuid: string | number
    }
    answer: undefined
  }
  /** Tell every lamp of a mailbox again what it should show. Access: calld.voicemails.{voicemail_id}.lamps.reassert.update */
  reassertVoicemailLamps: {
    params: {
      voicemail_id: string | number
    }
    answer: undefined
  }
  /** Send a dead letter to its queue again and forget it. Access: confd.dead-letters.{id}.redrive.create */
  redriveDeadLetter: {
    params: {
      id: string | number
    }
    answer: undefined
  }
  /** Give up the claim on a message. Access: calld.users.me.voicemails.messages.{message_id}.claim.delete */
  releaseOwnClaim: {
    params: {
      message_id: string | number
    }
    answer: undefined
  }
  /** Give up the claim on a message. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.claim.delete */
  releaseVoicemailClaim: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: undefined
  }
  /** Release a message from its hold. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.hold.delete */
  releaseVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
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
  /** Replace a greeting of the own mailbox: a WAV body. Access: calld.users.me.voicemails.greetings.{greeting}.update */
  replaceOwnGreeting: {
    params: {
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
  }
  /** Replace a greeting of a mailbox in reach: a WAV body. Access: calld.users.me.voicemails.all.{voicemail_id}.greetings.{greeting}.update */
  replaceReachedGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
  }
  /** Replace a greeting of a mailbox: a WAV body. Access: calld.voicemails.{voicemail_id}.greetings.{greeting}.update */
  replaceVoicemailGreeting: {
    params: {
      voicemail_id: string | number
      greeting: string | number
    }
    body: Uint8Array<ArrayBuffer>
    answer: undefined
  }
  /** Set whom a mailbox is shared with. Access: confd.voicemails.{id}.members.update */
  replaceVoicemailMembers: {
    params: {
      id: string | number
    }
    body: {
      items: ({
        /** null: everyone of the tenant */
        user_uuid: string | null
        /** hear and see messages; move and mark them; delete them; record greetings; delete for good */
        rights: ("listen" | "manage" | "delete" | "greet" | "purge")[]
      })[]
    }
    answer: undefined
  }
  /** Make a mailbox as good as new for the next guest: messages to the trash, no PIN, no greetings, lamps dark. Doing it again does nothing. Access: confd.voicemails.{id}.reset.create */
  resetVoicemail: {
    params: {
      id: string | number
    }
    answer: undefined
  }
  /** Restore a deleted message of the own or a shared mailbox to the folder it was in. Access: calld.users.me.voicemails.messages.{message_id}.restore.update */
  restoreOwnMessage: {
    params: {
      message_id: string | number
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
  /** Restore a deleted message of a mailbox to the folder it was in. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.restore.update */
  restoreVoicemailMessage: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    answer: undefined
  }
  /** Give a consumer on AMQP another password. Access: confd.event-consumers.{consumer}.credentials.create */
  rotateEventConsumerCredentials: {
    params: {
      consumer: string | number
    }
    answer: {
      username: string
      password: string
    }
  }
  /** Mark a message read or unread, urgent or normal, private or not. Access: calld.users.me.voicemails.messages.{message_id}.flags.update */
  setOwnMessageFlags: {
    params: {
      message_id: string | number
    }
    body: {
      /** false moves it to the folder `old`, true back to its inbox */
      unread?: boolean
      priority?: "normal" | "urgent"
      /** it cannot be forwarded */
      private?: boolean
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
  /** Set the status of a message and the note on it; done ends its claim. Access: calld.users.me.voicemails.messages.{message_id}.status.update */
  setOwnMessageStatus: {
    params: {
      message_id: string | number
    }
    body: {
      status: "open" | "done" | "call-back"
      note?: string | null
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
  /** Mark a message read or unread, urgent or normal, private or not. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.flags.update */
  setVoicemailMessageFlags: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      /** false moves it to the folder `old`, true back to its inbox */
      unread?: boolean
      priority?: "normal" | "urgent"
      /** it cannot be forwarded */
      private?: boolean
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
  /** Set the status of a message and the note on it; done ends its claim. Access: calld.voicemails.{voicemail_id}.messages.{message_id}.status.update */
  setVoicemailMessageStatus: {
    params: {
      voicemail_id: string | number
      message_id: string | number
    }
    body: {
      status: "open" | "done" | "call-back"
      note?: string | null
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
  /** Forget the wrong PINs of a mailbox, and of a caller or the tenant when asked. Access: confd.voicemails.{id}.pin.lock.delete */
  unlockPin: {
    params: {
      id: string | number
    }
    query?: {
      caller?: string
      tenant?: boolean
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
  /** Set the counts of a mailbox; one that is not there is created. Access: ari.mailboxes.update */
  updateAriMailbox: {
    params: {
      mailboxName: string | number
    }
    query?: {
      oldMessages?: number
      newMessages?: number
    }
    body: {
      oldMessages?: number
      newMessages?: number
    }
    answer: undefined
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
      mwi_mode?: "auto" | "solicited" | "unsolicited" | "off"
      /** how this kind of phone wants to be told */
      profile?: "default" | "yealink" | "cisco-legacy" | "plain"
      /** its own name stands for all its mailboxes, summed; false: for its primary one only */
      aggregate?: boolean
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account?: string | null
      voicemails?: number[] | null
      sip_password?: string | null
    }
    answer: undefined
  }
  /** Change a gateway. Access: confd.gateways.{gateway_uuid}.update */
  updateGateway: {
    params: {
      gateway_uuid: string | number
    }
    body: {
      name?: string
      profile?: "exchange" | "asterisk" | "generic"
      method?: "notify" | "publish" | "ari"
      username?: string | null
      /** may name {number}, {context}, {id}, {target} and {service} */
      address_template?: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      from_template?: string
      /** may name {number}, {context}, {id}, {target} and {service} */
      mailbox_template?: string
      ari_path?: string
      contexts?: string[] | null
      mwi_enabled?: boolean
      retry_for_s?: number
      reassert_every_s?: number
      /** 0: never */
      ping_every_s?: number
      max_per_s?: number
      targets?: ({
        host: string
        port?: number
        transport?: "udp" | "tcp" | "tls"
        tls_verify?: boolean
        server_name?: string | null
      })[]
      secret?: string | null
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
  /** Change a policy on message waiting; the lamps of its mailboxes follow. Access: confd.mwi-policies.{mwi_policy_uuid}.update */
  updateMwiPolicy: {
    params: {
      mwi_policy_uuid: string | number
    }
    body: {
      name?: string
      /** false: every lamp of its mailboxes is dark */
      allow_mwi?: boolean
    }
    answer: undefined
  }
  /** Change a source of message-waiting counts; one that stopped starts again. Access: confd.mwi-sources.{uuid}.update */
  updateMwiSource: {
    params: {
      uuid: string | number
    }
    body: {
      name?: string
      enabled?: boolean
      username?: string | null
      digest_algorithm?: "MD5" | "SHA-256"
      /** the external mailbox it feeds */
      voicemail_id?: number | null
      /** where its numbers are mailboxes */
      context?: string | null
      /** notify: which mailbox a NOTIFY is about: always the one, or the number it names there */
      mapping?: "voicemail" | "request_uri" | "to" | "message_account"
      /** notify: who sends from here needs no digest */
      addresses?: string[]
      /** ari, notify: not heard of for so long, the counts it set are stale */
      stale_after_s?: number | null
      /** subscribe: places of the server, in their order */
      targets?: ({
        host: string
        port?: number | null
        transport?: string | null
      })[]
      /** subscribe: what to subscribe to */
      remote_voicemail?: string | null
      auth_username?: string | null
      expires_s?: number
      /** write-only */
      secret?: string | null
      /** subscribe: `user[:secret[:authuser]]@host[:port]/mailbox` in place of the fields it names; write-only */
      address?: string
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
        mwi_policy_uuid?: string | null
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
      mwi_policy_uuid?: string | null
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
      /** how long events can be asked for again; null is what the installation says */
      event_retention_hours?: number | null
      /** what a phone dials from its envelope key, a number or a SIP URI; null is the default */
      message_account?: string | null
      /** SIP devices of the tenant may register */
      sip_registrar?: boolean
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
  /** Check a PIN; wrong ones are counted for mailbox, caller and tenant, and lock. Access: confd.voicemails.{id}.pin.verify.create */
  verifyPin: {
    params: {
      id: string | number
    }
    body: {
      /** what was dialled, as one try; digits only can be right */
      pin: string
      caller?: string | null
    }
    answer: {
      verified: boolean
      /** weak: it is the PIN, but one that opens nothing until it is changed; locked: not even looked at */
      reason?: "wrong" | "weak" | "locked" | "none-set"
      /** seconds until the lock ends */
      retry_after_s?: number
    }
  }
}

/** Where each operation is and how its answer is to be read. */
export const OPERATIONS = {
  addUserPolicy: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}/policies/{policy_uuid}', answer: 'none' },
  associateUserVoicemail: { method: 'PUT', path: '/api/confd/1.1/users/{user}/voicemails/{voicemail_id}', answer: 'none' },
  changeMyPassword: { method: 'PUT', path: '/api/auth/0.1/users/me/password', answer: 'none' },
  changeOwnMessages: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/messages/bulk', answer: 'json' },
  changeVoicemailMessages: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/bulk', answer: 'json' },
  checkScopes: { method: 'POST', path: '/api/auth/0.1/token/{token}/scopes/check', answer: 'json' },
  checkToken: { method: 'HEAD', path: '/api/auth/0.1/token/{token}', answer: 'none' },
  claimOwnMessage: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/claim', answer: 'json' },
  claimVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/claim', answer: 'json' },
  copyOwnGreeting: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/greetings/{greeting}/copy', answer: 'none' },
  copyReachedGreeting: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/all/{voicemail_id}/greetings/{greeting}/copy', answer: 'none' },
  copyVoicemailGreeting: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/greetings/{greeting}/copy', answer: 'none' },
  createAccount: { method: 'POST', path: '/api/auth/0.1/users', answer: 'json' },
  createContext: { method: 'POST', path: '/api/confd/1.1/contexts', answer: 'json' },
  createDevice: { method: 'POST', path: '/api/confd/1.1/devices', answer: 'json' },
  createEventConsumer: { method: 'POST', path: '/api/confd/1.1/event-consumers', answer: 'json' },
  createGateway: { method: 'POST', path: '/api/confd/1.1/gateways', answer: 'json' },
  createMwiPolicy: { method: 'POST', path: '/api/confd/1.1/mwi-policies', answer: 'json' },
  createMwiSource: { method: 'POST', path: '/api/confd/1.1/mwi-sources', answer: 'json' },
  createOwnGreeting: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/greetings/{greeting}', answer: 'none' },
  createOwnRecordingLink: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/recording/link', answer: 'json' },
  createPolicy: { method: 'POST', path: '/api/auth/0.1/policies', answer: 'json' },
  createReachedGreeting: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/all/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  createTenant: { method: 'POST', path: '/api/auth/0.1/tenants', answer: 'json' },
  createToken: { method: 'POST', path: '/api/auth/0.1/token', answer: 'json' },
  createUser: { method: 'POST', path: '/api/confd/1.1/users', answer: 'json' },
  createUserVoicemail: { method: 'POST', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  createVoicemail: { method: 'POST', path: '/api/confd/1.1/voicemails', answer: 'json' },
  createVoicemailGreeting: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  createVoicemailRecordingLink: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/recording/link', answer: 'json' },
  createWsTicket: { method: 'POST', path: '/api/auth/0.1/ws-ticket', answer: 'json' },
  deleteAccount: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}', answer: 'none' },
  deleteAriMailbox: { method: 'DELETE', path: '/ari/mailboxes/{mailboxName}', answer: 'none' },
  deleteContext: { method: 'DELETE', path: '/api/confd/1.1/contexts/{id}', answer: 'none' },
  deleteDeadLetter: { method: 'DELETE', path: '/api/confd/1.1/dead-letters/{id}', answer: 'none' },
  deleteDevice: { method: 'DELETE', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  deleteEventConsumer: { method: 'DELETE', path: '/api/confd/1.1/event-consumers/{consumer}', answer: 'none' },
  deleteGateway: { method: 'DELETE', path: '/api/confd/1.1/gateways/{gateway_uuid}', answer: 'none' },
  deleteGatewayAddress: { method: 'DELETE', path: '/api/confd/1.1/gateways/{gateway_uuid}/voicemails/{id}', answer: 'none' },
  deleteMwiPolicy: { method: 'DELETE', path: '/api/confd/1.1/mwi-policies/{mwi_policy_uuid}', answer: 'none' },
  deleteMwiSource: { method: 'DELETE', path: '/api/confd/1.1/mwi-sources/{uuid}', answer: 'none' },
  deleteMyRefreshToken: { method: 'DELETE', path: '/api/auth/0.1/users/me/tokens/{client_id}', answer: 'none' },
  deleteMySession: { method: 'DELETE', path: '/api/auth/0.1/users/me/sessions/{session_uuid}', answer: 'none' },
  deleteOwnGreeting: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/greetings/{greeting}', answer: 'none' },
  deleteOwnMessage: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  deletePolicy: { method: 'DELETE', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'none' },
  deleteReachedGreeting: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/all/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  deleteSession: { method: 'DELETE', path: '/api/auth/0.1/sessions/{session_uuid}', answer: 'none' },
  deleteTenant: { method: 'DELETE', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'none' },
  deleteToken: { method: 'DELETE', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  deleteTranscription: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/transcription', answer: 'none' },
  deleteUser: { method: 'DELETE', path: '/api/confd/1.1/users/{user}', answer: 'none' },
  deleteUserRefreshToken: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/tokens/{client_id}', answer: 'none' },
  deleteUserSession: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/sessions/{session_uuid}', answer: 'none' },
  deleteVoicemail: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
  deleteVoicemailEveryone: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}/members/everyone', answer: 'none' },
  deleteVoicemailGreeting: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  deleteVoicemailMember: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}/members/{user_uuid}', answer: 'none' },
  deleteVoicemailMessage: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  depositMessage: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages', answer: 'json' },
  dissociateUserVoicemails: { method: 'DELETE', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'none' },
  eraseCaller: { method: 'POST', path: '/api/calld/1.0/voicemails/erasures', answer: 'json' },
  explainDevice: { method: 'GET', path: '/api/confd/1.1/devices/{uuid}/explain', answer: 'json' },
  exportCaller: { method: 'GET', path: '/api/calld/1.0/voicemails/messages/export', answer: 'bytes' },
  exportVoicemail: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/export', answer: 'bytes' },
  forwardOwnMessage: { method: 'POST', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/forward', answer: 'json' },
  forwardVoicemailMessage: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/forward', answer: 'json' },
  getAccount: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}', answer: 'json' },
  getAriDocument: { method: 'GET', path: '/ari/api/api.yml', answer: 'bytes' },
  getAriMailbox: { method: 'GET', path: '/ari/mailboxes/{mailboxName}', answer: 'json' },
  getAuthDocument: { method: 'GET', path: '/api/auth/0.1/api/api.yml', answer: 'bytes' },
  getAuthStatus: { method: 'HEAD', path: '/api/auth/0.1/status', answer: 'none' },
  getCallLogdDocument: { method: 'GET', path: '/api/call-logd/1.0/api/api.yml', answer: 'bytes' },
  getCalldDocument: { method: 'GET', path: '/api/calld/1.0/api/api.yml', answer: 'bytes' },
  getCalldStatus: { method: 'GET', path: '/api/calld/1.0/status', answer: 'json' },
  getConfdDocument: { method: 'GET', path: '/api/confd/1.1/api/api.yml', answer: 'bytes' },
  getConfdStatus: { method: 'GET', path: '/api/confd/1.1/status', answer: 'json' },
  getContext: { method: 'GET', path: '/api/confd/1.1/contexts/{id}', answer: 'json' },
  getDeadLetter: { method: 'GET', path: '/api/confd/1.1/dead-letters/{id}', answer: 'json' },
  getDevice: { method: 'GET', path: '/api/confd/1.1/devices/{uuid}', answer: 'json' },
  getEventConsumer: { method: 'GET', path: '/api/confd/1.1/event-consumers/{consumer}', answer: 'json' },
  getEventsDocument: { method: 'GET', path: '/api/events/api/api.yml', answer: 'bytes' },
  getGateway: { method: 'GET', path: '/api/confd/1.1/gateways/{gateway_uuid}', answer: 'json' },
  getGeneralOptions: { method: 'GET', path: '/api/confd/1.1/asterisk/voicemail/general', answer: 'json' },
  getInfos: { method: 'GET', path: '/api/confd/1.1/infos', answer: 'json' },
  getLamp: { method: 'GET', path: '/api/calld/1.0/lamps/{lamp_uuid}', answer: 'json' },
  getLampTrace: { method: 'GET', path: '/api/calld/1.0/lamps/{lamp_uuid}/trace', answer: 'json' },
  getLinkedRecording: { method: 'GET', path: '/api/calld/1.0/recordings/{link}', answer: 'bytes' },
  getMwiPolicy: { method: 'GET', path: '/api/confd/1.1/mwi-policies/{mwi_policy_uuid}', answer: 'json' },
  getMwiSource: { method: 'GET', path: '/api/confd/1.1/mwi-sources/{uuid}', answer: 'json' },
  getOwnFolder: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/folders/{folder_id}', answer: 'json' },
  getOwnGreeting: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/greetings/{greeting}', answer: 'bytes' },
  getOwnLamp: { method: 'GET', path: '/api/calld/1.0/users/me/lamps/{lamp_uuid}', answer: 'json' },
  getOwnLampTrace: { method: 'GET', path: '/api/calld/1.0/users/me/lamps/{lamp_uuid}/trace', answer: 'json' },
  getOwnMessage: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'json' },
  getOwnMwi: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/mwi', answer: 'json' },
  getOwnRecording: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/recording', answer: 'bytes' },
  getOwnTrash: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/trash', answer: 'json' },
  getOwnVoicemail: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails', answer: 'json' },
  getPolicy: { method: 'GET', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'json' },
  getReachedGreeting: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/all/{voicemail_id}/greetings/{greeting}', answer: 'bytes' },
  getTenant: { method: 'GET', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'json' },
  getTenantZones: { method: 'GET', path: '/api/confd/1.1/voicemails/zonemessages', answer: 'json' },
  getToken: { method: 'GET', path: '/api/auth/0.1/token/{token}', answer: 'json' },
  getTranscription: { method: 'GET', path: '/api/confd/1.1/voicemails/transcription', answer: 'json' },
  getUser: { method: 'GET', path: '/api/confd/1.1/users/{user}', answer: 'json' },
  getVoicemail: { method: 'GET', path: '/api/confd/1.1/voicemails/{id}', answer: 'json' },
  getVoicemailFolder: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/folders/{folder_id}', answer: 'json' },
  getVoicemailGreeting: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/greetings/{greeting}', answer: 'bytes' },
  getVoicemailMessage: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'json' },
  getVoicemailMessages: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}', answer: 'json' },
  getVoicemailMwi: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/mwi', answer: 'json' },
  getVoicemailMwiSwitches: { method: 'GET', path: '/api/confd/1.1/voicemails/{id}/mwi', answer: 'json' },
  getVoicemailRecording: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/recording', answer: 'bytes' },
  getVoicemailSettings: { method: 'GET', path: '/api/confd/1.1/voicemails/settings', answer: 'json' },
  getVoicemailTrash: { method: 'GET', path: '/api/calld/1.0/voicemails/{voicemail_id}/trash', answer: 'json' },
  getZones: { method: 'GET', path: '/api/confd/1.1/asterisk/voicemail/zonemessages', answer: 'json' },
  holdVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/hold', answer: 'none' },
  importVoicemail: { method: 'POST', path: '/api/calld/1.0/voicemails/{voicemail_id}/import', answer: 'json' },
  listAccounts: { method: 'GET', path: '/api/auth/0.1/users', answer: 'json' },
  listAriMailboxes: { method: 'GET', path: '/ari/mailboxes', answer: 'json' },
  listAudit: { method: 'GET', path: '/api/calld/1.0/audit', answer: 'json' },
  listContexts: { method: 'GET', path: '/api/confd/1.1/contexts', answer: 'json' },
  listDeadLetters: { method: 'GET', path: '/api/confd/1.1/dead-letters', answer: 'json' },
  listDeletedVoicemails: { method: 'GET', path: '/api/confd/1.1/voicemails/trash', answer: 'json' },
  listDevices: { method: 'GET', path: '/api/confd/1.1/devices', answer: 'json' },
  listEventConsumers: { method: 'GET', path: '/api/confd/1.1/event-consumers', answer: 'json' },
  listEvents: { method: 'GET', path: '/api/events', answer: 'json' },
  listGatewayAddresses: { method: 'GET', path: '/api/confd/1.1/gateways/{gateway_uuid}/voicemails', answer: 'json' },
  listGateways: { method: 'GET', path: '/api/confd/1.1/gateways', answer: 'json' },
  listLamps: { method: 'GET', path: '/api/calld/1.0/lamps', answer: 'json' },
  listMwiPolicies: { method: 'GET', path: '/api/confd/1.1/mwi-policies', answer: 'json' },
  listMwiSources: { method: 'GET', path: '/api/confd/1.1/mwi-sources', answer: 'json' },
  listMyRefreshTokens: { method: 'GET', path: '/api/auth/0.1/users/me/tokens', answer: 'json' },
  listMySessions: { method: 'GET', path: '/api/auth/0.1/users/me/sessions', answer: 'json' },
  listOwnLamps: { method: 'GET', path: '/api/calld/1.0/users/me/lamps', answer: 'json' },
  listOwnMailboxes: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/all', answer: 'json' },
  listOwnMessages: { method: 'GET', path: '/api/calld/1.0/users/me/voicemails/messages', answer: 'json' },
  listPolicies: { method: 'GET', path: '/api/auth/0.1/policies', answer: 'json' },
  listRefreshTokens: { method: 'GET', path: '/api/auth/0.1/tokens', answer: 'json' },
  listSessions: { method: 'GET', path: '/api/auth/0.1/sessions', answer: 'json' },
  listTenantMessages: { method: 'GET', path: '/api/calld/1.0/voicemails/messages', answer: 'json' },
  listTenants: { method: 'GET', path: '/api/auth/0.1/tenants', answer: 'json' },
  listTranscriptions: { method: 'GET', path: '/api/call-logd/1.0/voicemails/transcriptions', answer: 'json' },
  listUserPolicies: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/policies', answer: 'json' },
  listUserRefreshTokens: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/tokens', answer: 'json' },
  listUserSessions: { method: 'GET', path: '/api/auth/0.1/users/{user_uuid}/sessions', answer: 'json' },
  listUserVoicemails: { method: 'GET', path: '/api/confd/1.1/users/{user}/voicemails', answer: 'json' },
  listUsers: { method: 'GET', path: '/api/confd/1.1/users', answer: 'json' },
  listVoicemailMembers: { method: 'GET', path: '/api/confd/1.1/voicemails/{id}/members', answer: 'json' },
  listVoicemails: { method: 'GET', path: '/api/confd/1.1/voicemails', answer: 'json' },
  moveOwnMessage: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}', answer: 'none' },
  moveVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}', answer: 'none' },
  putGatewayAddress: { method: 'PUT', path: '/api/confd/1.1/gateways/{gateway_uuid}/voicemails/{id}', answer: 'none' },
  putTranscription: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/transcription', answer: 'none' },
  putVoicemailEveryone: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}/members/everyone', answer: 'none' },
  putVoicemailMember: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}/members/{user_uuid}', answer: 'none' },
  reassertDeviceLamps: { method: 'PUT', path: '/api/calld/1.0/devices/{uuid}/lamps/reassert', answer: 'none' },
  reassertGateway: { method: 'PUT', path: '/api/confd/1.1/gateways/{gateway_uuid}/reassert', answer: 'none' },
  reassertLamp: { method: 'PUT', path: '/api/calld/1.0/lamps/{lamp_uuid}/reassert', answer: 'none' },
  reassertLamps: { method: 'PUT', path: '/api/calld/1.0/lamps/reassert', answer: 'none' },
  reassertOwnLamp: { method: 'PUT', path: '/api/calld/1.0/users/me/lamps/{lamp_uuid}/reassert', answer: 'none' },
  reassertVoicemailLamps: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/lamps/reassert', answer: 'none' },
  redriveDeadLetter: { method: 'POST', path: '/api/confd/1.1/dead-letters/{id}/redrive', answer: 'none' },
  releaseOwnClaim: { method: 'DELETE', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/claim', answer: 'none' },
  releaseVoicemailClaim: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/claim', answer: 'none' },
  releaseVoicemailMessage: { method: 'DELETE', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/hold', answer: 'none' },
  removeUserPolicy: { method: 'DELETE', path: '/api/auth/0.1/users/{user_uuid}/policies/{policy_uuid}', answer: 'none' },
  replaceOwnGreeting: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/greetings/{greeting}', answer: 'none' },
  replaceReachedGreeting: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/all/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  replaceVoicemailGreeting: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/greetings/{greeting}', answer: 'none' },
  replaceVoicemailMembers: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}/members', answer: 'none' },
  resetVoicemail: { method: 'POST', path: '/api/confd/1.1/voicemails/{id}/reset', answer: 'none' },
  restoreOwnMessage: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/restore', answer: 'none' },
  restoreVoicemail: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}/restore', answer: 'none' },
  restoreVoicemailMessage: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/restore', answer: 'none' },
  rotateEventConsumerCredentials: { method: 'POST', path: '/api/confd/1.1/event-consumers/{consumer}/credentials', answer: 'json' },
  setOwnMessageFlags: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/flags', answer: 'json' },
  setOwnMessageStatus: { method: 'PUT', path: '/api/calld/1.0/users/me/voicemails/messages/{message_id}/status', answer: 'json' },
  setPassword: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}/password', answer: 'none' },
  setVoicemailMessageFlags: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/flags', answer: 'json' },
  setVoicemailMessageStatus: { method: 'PUT', path: '/api/calld/1.0/voicemails/{voicemail_id}/messages/{message_id}/status', answer: 'json' },
  unlockPin: { method: 'DELETE', path: '/api/confd/1.1/voicemails/{id}/pin/lock', answer: 'none' },
  updateAccount: { method: 'PUT', path: '/api/auth/0.1/users/{user_uuid}', answer: 'json' },
  updateAriMailbox: { method: 'PUT', path: '/ari/mailboxes/{mailboxName}', answer: 'none' },
  updateContext: { method: 'PUT', path: '/api/confd/1.1/contexts/{id}', answer: 'none' },
  updateDevice: { method: 'PUT', path: '/api/confd/1.1/devices/{uuid}', answer: 'none' },
  updateGateway: { method: 'PUT', path: '/api/confd/1.1/gateways/{gateway_uuid}', answer: 'none' },
  updateGeneralOptions: { method: 'PUT', path: '/api/confd/1.1/asterisk/voicemail/general', answer: 'none' },
  updateMwiPolicy: { method: 'PUT', path: '/api/confd/1.1/mwi-policies/{mwi_policy_uuid}', answer: 'none' },
  updateMwiSource: { method: 'PUT', path: '/api/confd/1.1/mwi-sources/{uuid}', answer: 'none' },
  updatePolicy: { method: 'PUT', path: '/api/auth/0.1/policies/{policy_uuid}', answer: 'json' },
  updateTenant: { method: 'PUT', path: '/api/auth/0.1/tenants/{tenant_uuid}', answer: 'json' },
  updateTenantZones: { method: 'PUT', path: '/api/confd/1.1/voicemails/zonemessages', answer: 'none' },
  updateTranscription: { method: 'PUT', path: '/api/confd/1.1/voicemails/transcription', answer: 'none' },
  updateUser: { method: 'PUT', path: '/api/confd/1.1/users/{user}', answer: 'none' },
  updateVoicemail: { method: 'PUT', path: '/api/confd/1.1/voicemails/{id}', answer: 'none' },
  updateVoicemailSettings: { method: 'PUT', path: '/api/confd/1.1/voicemails/settings', answer: 'none' },
  updateZones: { method: 'PUT', path: '/api/confd/1.1/asterisk/voicemail/zonemessages', answer: 'none' },
  verifyPin: { method: 'POST', path: '/api/confd/1.1/voicemails/{id}/pin/verify', answer: 'json' },
} as const
