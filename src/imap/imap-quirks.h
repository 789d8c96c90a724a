/* What real servers do that the RFCs do not say, and what Sosik does about it.  Pure; any thread.
 *
 * Most of it needs no knowledge of who the server is: the parsers take what makes sense and pass over the rest, and the
 * engine believes nothing that contradicts itself.  Only where a server offers what it cannot do must it be known by
 * its name; that is the table in imap-quirks.c (for SMTP in smtp-extension.c, for who files sent mail itself and for names
 * of folders in sync).  A person or an administrator can switch any extension off for an account (data/account.ini.example).
 *
 * Each entry has a test in tests/quirks under its number; `tests/quirks/run` plays them all.  A new one gets the next
 * number, a line here, and a transcript that fails without what was done about it.
 *
 *  Gmail
 *   1  a code in brackets with no words behind it              imap-response: the words may be missing
 *   2  flags with a bracket or a space that is not quoted      imap-lexer: a bracket is a letter like any other
 *   3  a multipart of BODYSTRUCTURE without parts              imap-structure: empty
 *   4  name and mailbox of ENVELOPE exchanged                  ENVELOPE is not used: headers
 *   5  a message in base64, told as a plain part               mime-message: decoded
 *   6  STATUS counts what SELECT does not have                 sync-mailbox: SELECT is right
 *   7  files what it sent (Microsoft too)                      sync-providers: no APPEND
 *   8  deleting in a folder only takes a label away            sync-operation-transfer: by way of Trash
 *   9  INBOX in the person's language, which does not open     sync-folders: INBOX is INBOX
 *  10  SEARCH BODY finds whole words                           imap-query: X-GM-RAW; nothing is decided by it
 *  11  RFC822.SIZE is a guess (Exchange too)                   the octets that came are what counts
 *  Microsoft
 *  12  more than 25 STATUS at a time are too many              imap-flight: counts them
 *  13  a space at the end of a line                            imap-lexer
 *  14  a part of BODYSTRUCTURE without a type                  imap-structure: octets
 *  15  a disposition without its parentheses                   imap-structure
 *  16  a name of a folder with a tab and no quotes             imap-list: to the end of the line
 *  17  COPYUID cut short                                       found again by Message-ID
 *  18  “authenticated but not connected”                       imap-talk: later, and no matter of passwords
 *  19  COPYUID in a line without its OK                        imap-response
 *  20  SEARCH names what FETCH does not give                   sync-mailbox: asked again another time, never removed
 *  21  NAMESPACE hangs up (2003)                               the table
 *  22  MOVE upsets the trash (2013)                            the account's setting: Without=MOVE
 *  23  an ID that says nothing is refused (GMX, web.de)        imap-sign-in: says who we are
 *  Yahoo
 *  24  SEARCH ends in an empty number                          imap-lexer
 *  25  SEARCH knows no charset                                 imap-find, imap-query: again without
 *  26  FETCH answers from the highest down                     no order is relied on
 *  27  APPEND must end with a line end                         imap-append: gives it one
 *  28  few keywords                                            PERMANENTFLAGS decides
 *  29  no command above 1000 octets (UW too)                   sets are cut to 900
 *  30  UIDNEXT far above the highest UID                       sync-mailbox: a range may be empty
 *  31  spaces within the lists of BODYSTRUCTURE                imap-lexer
 *  iCloud
 *  32  RFC822 comes without the message                        BODY.PEEK[]
 *  33  QRESYNC loses messages                                  the table; counts are compared everywhere
 *  34  refuses for the moment, without a code                  imap-talk: later
 *  Yandex
 *  35  BYE without end                                         the first one ends it
 *  36  BODY[] without a value                                  imap-fetch: as if it had not come
 *  37  a wrong XLIST                                           SPECIAL-USE, else the names
 *      drops IDLE                                              the table
 *  China
 *  38  QQ: sets must go up                                     BaseUidSet
 *  39  QQ: SEARCH finds everything, TEXT is BAD               imap-find: headers are looked at; imap-query: fields
 *  40  NetEase: no SELECT without ID                           the table: said even when not offered
 *  41  NetEase: neither SELECT nor STATUS tell UIDNEXT         what stands behind the highest
 *  Others
 *  42  Zoho: MODSEQ -1                                         none
 *  43  Zoho: RETURN that was not offered is BAD                only what is offered
 *  44  Proton Bridge: new UIDVALIDITY with an update           bound again by Message-ID
 *  45  Proton Bridge: extended LIST is BAD                     the table; plain, once refused
 *  46  mail.ru: 9.3736e+06, and NIL for a value                imap-lexer, imap-structure
 *  47  hMailServer: UIDNEXT 0                                  not known
 *  48  hMailServer: no UIDPLUS, numbers shift                  UID commands; marked, not expunged
 *  49  Dovecot: MISSING_MAILBOX                                ENVELOPE is not used
 *  50  Dovecot: overlooks IDLE behind other commands           goes out alone
 *  51  Dovecot: multipart without parts, -1 lines              imap-structure
 *  52  Cyrus before 2.5.11: extended LIST leaves out           the table
 *  53  Cyrus: VANISHED forgets some, “+” without a space       counts, then the set of all UIDs
 *  54  Courier: message 0; EXISTS after NOOP; UIDVALIDITY      passed over; asked; SELECT is right
 *  55  Domino: parentheses too many, no date                   imap-fetch
 *  56  Zimbra (old): LIST (SUBSCRIBED) kills it                the table; not asked
 *  57  SmarterMail: NIL among addresses                        ENVELOPE is not used
 *  58  Strato: extended LIST is empty                          the table; plain then
 *  59  Winmail: no UIDNEXT                                     as 41
 *  60  IONOS: MODSEQ without CONDSTORE is BAD                  only what is offered
 *  61  Rambler and kin: cut base64, odd STORE and NAMESPACE    taken as far as it goes
 *  62  xwtec and kin: UID 0, UIDVALIDITY 0, lone quotes,
 *      wrong literals, SEARCH for ESEARCH                      the next line is read as if nothing were
 *  63  Daum, Naver, Nate: Korean names, no SPECIAL-USE         sync-roles
 *  64  CRAM-MD5 that does not work, and then nothing does      net-sasl: never
 *  65  Cyrus 3.2 to 3.12: MAILBOXID of STATUS is freed memory,
 *      even with line ends in it                               the table: not asked of STATUS
 *  66  Dovecot 2.3: BINARY.SIZE of base64 with more base64
 *      right behind it is too small, or below nothing          sync-download: ends where the octets do, if that can be all
 */
#pragma once

#include "imap-session.h"

G_BEGIN_DECLS

/* What the server said of itself; any may be NULL. */
typedef struct
{
  const char *host;       /* as the account names it */
  const char *greeting;   /* words of the first line */
  const char *mechanisms; /* "ATOKEN PLAIN …" */
  const char *id;         /* "(\"name\" \"Zimbra\" \"version\" \"6.0.8\")" (RFC 2971) */
} ImapServerWords;

typedef struct
{
  ImapCapability without; /* offered, but not to be used */
  gboolean needs_id;      /* ID is to be said even where it is not offered */
  gboolean no_status_id;  /* MAILBOXID is not to be asked of STATUS (RFC 8474 4.3) */
} ImapQuirks;

ImapQuirks imap_quirks_find (const ImapServerWords *words);

/* The extensions that this command (without its tag) can only be understood with: what a BAD to it casts doubt on.  Names in
 * quotes (folders, words looked for, labels) say nothing, whatever they are. */
ImapCapability imap_quirks_of_command (const char *command);

G_END_DECLS
