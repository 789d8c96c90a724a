/* Text in several languages, see the header.  Pure. */
#include "tongues.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *words;          /* in frequent use, most frequent first */
  const char *syllables;      /* of which others are made */
  guint least, most;          /* how many of them */
  const char *endings;        /* put behind some words; "" for none among them */
  const char *between, *stop; /* words and sentences */
  const char *families, *givens;
} Speech;

static const Speech speeches[] = {
  [TONGUE_ENGLISH] = { "english",
                       "the to and of a in is for you that on this we it with be as your have are will at from not by or can if our please "
                       "all meeting project about report mail time attached team would order new but thanks just more message account when "
                       "which there has regarding office know invoice server they what next week been update question customer review send",
                       "re con de pro in ter sta ment tion al er ing ly com per for mer cap ten der mar lin ver sal fin tor ple gar bur dit "
                       "mo na ro li ta se ni cu ra pe to vi la ba di ho stra cle ble ness ous ant ent ish ate",
                       1, 4, " s ed", " ", ". ",
                       "Smith Johnson Brown Taylor Walker Wright Carter Bennett Hughes",
                       "John Mary Peter Susan Alice Robert Emma Oliver Grace Henry" },
  [TONGUE_KOREAN] = { "korean",
                      "그리고 있는 대한 이메일 메일 회의 보고서 오늘 내일 첨부 확인 감사합니다 안녕하세요 부탁드립니다 관련 프로젝트 일정 자료 고객 계약 서비스 "
                      "문의 신청 안내 결제 주문 배송 김치찌개 저녁 점심 팀장님 담당자 검토 요청 회신 바랍니다 다음주 지난주 정말 함께 우리 회사 사무실 개발 서버",
                      "가 나 다 라 마 바 사 아 자 차 카 타 파 하 기 니 디 리 미 비 시 이 지 치 고 노 도 로 모 보 소 오 조 초 구 누 두 루 무 부 수 우 주 추 "
                      "강 남 당 랑 망 방 상 앙 장 창 김 님 림 심 인 진 친 신 민 빈 학 생 선 정 성 영 경 명 병 형 국 물 불 술 울 길 일 질 칠 실 집 입 십 업 법 섭 "
                      "전 산 관 리 발 표 현 황 계 획 제 품 품 질 연 구 원 본 부 차 량 운 행 통 신 보 안 점 검 결 과 분 석 활 용 권 한 없 있 했 됐 쓰 뜻 꿈 뵙 읽 값",
                      2, 3,
                      " 은 는 이 가 을 를 에 에서 으로 의 도 와 과 입니다 합니다 했습니다 하는 까지 부터",
                      " ", ". ", "김 이 박 최 정 강 조 윤 장 임 남궁 황보",
                      "민우 서준 지우 하은 수진 영희 철수 보라 옥분 현우" },
  [TONGUE_JAPANESE] = { "japanese",
                        "会議 資料 確認 よろしく お願い メール 添付 報告 担当 今日 明日 東京 株式会社 お世話 ありがとう サーバー ご連絡 予定 来週 先週 注文 商品 "
                        "発送 お客様 サービス 更新 設定 変更 利用 日本語 プロジェクト がんばる システム データ",
                        "日 本 国 人 大 学 生 会 社 長 中 出 上 下 時 間 行 見 月 分 後 前 先 今 年 来 新 高 電 話 車 駅 店 品 書 類 作 成 業 務 開 発 管 理 計 画 "
                        "経 済 政 治 情 報 通 信 技 術 研 究 教 育 文 化 自 然 環 境 社 員 部 課 式 場 所 方 法 問 題 質 疑 応 答 結 果 ア イ ウ コ サ タ ン ル ト ー ス",
                        2, 3, "は を が に で の と も から まで です ます しました について", "",
                        "。", "田中 佐藤 鈴木 高橋 渡辺 伊藤", "さくら 太郎 花子 健一 美咲 翔太" },
  [TONGUE_CHINESE] = { "chinese",
                       "的 我们 在 是 会议 了 和 您 邮件 附件 有 请 公司 项目 报告 这个 不 可以 客户 中国 北京 服务 今天 明天 上周 下周 订单 发票 谢谢 你好 时间 安排 "
                       "确认 问题 系统 数据 账户 联系 更新 電子郵件 會議",
                       "一 不 人 有 大 中 上 为 个 国 到 说 们 时 要 就 出 会 可 也 你 对 生 能 而 子 那 得 于 着 下 自 之 年 过 发 后 作 里 用 道 行 所 然 家 种 事 成 方 多 经 "
                       "么 去 法 学 如 都 同 现 当 没 动 面 起 看 定 天 分 还 进 好 小 部 其 些 主 样 理 心 本 前 开 但 因 只 从 想 实 日 军 者 意 无 力 它 与 长 把 机 十 民 第 公 此 "
                       "已 工 使 情 明 性 知 全 三 又 关 点 正 业 外 将 两 高 间 由 问 很 最 重 并 物 手 应 战 向 头 文 体 政 美 相 见 被 利 什 二 等 产 或 新 己 制 身 果 加 西 斯 月 话 合 回 特 代 内 信",
                       2, 2, " 的 了 着 地", "", "。", "王 李 张 刘 陈 欧阳",
                       "伟 芳 秀英 敏 静 强 磊 小明" },
  [TONGUE_THAI] = { "thai",
                    "การ ที่ และ ใน ของ เป็น ประชุม อีเมล รายงาน เอกสาร ขอบคุณ สวัสดี กรุณา ลูกค้า บริษัท วันนี้ พรุ่งนี้ สัปดาห์ ใบสั่งซื้อ บริการ ตรวจสอบ ข้อมูล ระบบ น้ำ ภาษาไทย",
                    "กา ขา คน งาน จด ชา ดี ตา ทาง นา บ้าน ปี ผล พูด ฟ้า มา ยา รัก ลม วัน สี หน้า อา เก่ง เมือง แม่ โลก ใหม่ ไทย ส่ง กลับ ก่อน ช้าง ด้วย ต้อง น้อง ผู้ พี่ ย่า ร้อน ล่าง สูง หลัง เรียน เขียน",
                    1, 3, "", "", " ", "สมชาย สมหญิง ประเสริฐ วิชัย", "ใจดี มีสุข ทองดี แสงจันทร์" },
  [TONGUE_ARABIC] = { "arabic",
                      "في من على إلى أن هذا التي مع كان البريد اجتماع تقرير مشروع شكرا السلام عليكم مرفق الرجاء العميل الشركة اليوم غدا الأسبوع طلب فاتورة خدمة مُحَمَّد كِتَاب",
                      "كت در عم سل حم قر نظ فت جل خر شر طل ضع غر بح صن زر ين ات ان ون ية اء ور ال مو تا با نا لا را دا",
                      2, 4, "", " ", ". ", "الحداد المصري القاسم النجار",
                      "محمد أحمد فاطمة ليلى يوسف" },
  [TONGUE_GERMAN] = { "german",
                      "die der und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an nach wie im für man aber aus durch wenn nur "
                      "Besprechung Übersicht Rechnung Straße Grüße Anhang Projekt Bericht Kunde Änderung können müssen größer wöchentlich Geschäftsführer",
                      "ver be ge an aus ein auf zu um bei haus bau werk zeit tag land stadt straß über schul arbeit platz kraft werk lauf gang stell führ schlüss "
                      "wört büch mög heit keit ung lich isch schaft gesell rechn prüf bund kunst öff fläch",
                      2, 4, " en er es", " ", ". ", "Müller Schmidt Schäfer Weiß Böhm Groß",
                      "Jürgen Käthe Hans Ursula Björn Zoë" },
  [TONGUE_VIETNAMESE] = { "vietnamese",
                          "và của là có cho không được các người trong một cuộc họp báo cáo thư điện tử đính kèm khách hàng công ty hôm nay ngày mai tuần sau cảm ơn xin chào "
                          "đường phố dịch vụ đơn hàng hóa đơn",
                          "ba bà bá bả bạ chi chí chị cô cổ dân đất đẹp đời giáo gửi hiểu hỏi khó kế làm lớn mới mười năm nghĩ người nhà nước ông phải quá rộng sách sống "
                          "tiếng trường tưởng uống vẫn việc xã yếu ước",
                          1, 1, "", " ", ". ", "Nguyễn Trần Lê Phạm Đặng",
                          "Hương Đức Thảo Anh Tuấn Nghĩa" },
  [TONGUE_RUSSIAN] = { "russian",
                       "и в не на что с по это как для но от вы мы отчёт письмо встреча проект сегодня завтра неделя заказ счёт спасибо здравствуйте пожалуйста клиент ещё всё "
                       "файл объём сервер",
                       "при про пере раз под вос пред за на до ста ва ни ко ле ра бо то ме ре ви ти но ли де го ма та ка ро ст ени ани ость тель ник щик ей ый ая",
                       2, 4, " а ы ом ам", " ", ". ", "Иванов Петрова Сидоров Королёва",
                       "Алексей Фёдор Мария Юлия" },
  [TONGUE_CODE] = { "code",
                    "010-1234-5678 foo_bar ABC-123 user.name@example.org mail.example.co.kr report_2024-05-17.pdf IMG_20240517_123456.jpg https://www.example.com/a/b?id=42 "
                    "v1.2.3 0x7fff 192.168.0.1 #4711 $99.90 +82-2-555-0199 getUserName std::vector 3f2a9c41b7 😀 👨‍👩‍👧 🇰🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ 1️⃣ ①② ㈜소식 １２３ Ｋｏｒｅａ ｶﾞｷﾞ ﾊﾝｶｸ don’t e-mail C++ 50% ½ "
                    "계약서_최종(2).hwp 2024년 3분기 B2B A4용지 iPhone15를",
                    "a b c x1 9 27 404 _ - . v2 id_ api/ test src main log tmp data 2024 07 KR- ZX q7 ff",
                    2, 6, "", " ", "\n", "Kim Lee", "A B" },
};

struct _Tongues
{
  GPtrArray *words[G_N_ELEMENTS (speeches)]; /* of char *, most frequent first */
  GStrv endings[G_N_ELEMENTS (speeches)], families[G_N_ELEMENTS (speeches)],
      givens[G_N_ELEMENTS (speeches)];
};

static GPtrArray *
make_words (const Speech *speech, GRand *rand, guint n)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) known = g_strsplit (speech->words, " ", -1);
  g_auto (GStrv) syllables = g_strsplit (speech->syllables, " ", -1);
  guint n_syllables = g_strv_length (syllables);

  for (guint i = 0; known[i] != NULL; i++)
    g_ptr_array_add (words, g_strdup (known[i]));
  while (words->len < n) {
    g_autoptr (GString) word = g_string_new (NULL);
    guint parts = (guint)g_rand_int_range (rand, (gint32)speech->least, (gint32)speech->most + 1);

    /* Some syllables are more frequent than others. */
    for (guint i = 0; i < parts; i++) {
      double where = g_rand_double (rand);

      g_string_append (word, syllables[(guint)(where * where * n_syllables)]);
    }
    g_ptr_array_add (words, g_string_free (g_steal_pointer (&word), FALSE));
  }
  return words;
}

Tongues *
tongues_new (guint32 seed, guint vocabulary)
{
  Tongues *self = g_new0 (Tongues, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < G_N_ELEMENTS (speeches); i++) {
    self->words[i] = make_words (&speeches[i], rand, vocabulary);
    self->endings[i] = g_strsplit (speeches[i].endings, " ", -1);
    self->families[i] = g_strsplit (speeches[i].families, " ", -1);
    self->givens[i] = g_strsplit (speeches[i].givens, " ", -1);
  }
  return self;
}

void
tongues_free (Tongues *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeches); i++) {
    g_ptr_array_unref (self->words[i]);
    g_strfreev (self->endings[i]);
    g_strfreev (self->families[i]);
    g_strfreev (self->givens[i]);
  }
  g_free (self);
}

const char *
tongue_get_name (TongueKind kind)
{
  return kind == TONGUE_MIXED ? "mixed" : speeches[kind].name;
}

const char *
tongues_get_word (Tongues *self, TongueKind kind, guint rank)
{
  return self->words[kind]->pdata[MIN (rank, self->words[kind]->len - 1)];
}

static const char *
pick (GRand *rand, GStrv of)
{
  guint n = g_strv_length (of);

  return n > 0 ? of[g_rand_int_range (rand, 0, (gint32)n)] : "";
}

static TongueKind
settle (GRand *rand, TongueKind kind)
{
  return kind == TONGUE_MIXED ? (TongueKind)g_rand_int_range (rand, 0, TONGUE_MIXED) : kind;
}

/* The nth word is n times as rare as the first. */
static void
append_word (Tongues *self, GRand *rand, TongueKind kind, GString *text)
{
  guint n = self->words[kind]->len;
  guint rank = (guint)exp (g_rand_double (rand) * log (n + 1.0)) - 1;

  g_string_append (text, tongues_get_word (self, kind, rank));
  if (g_rand_int_range (rand, 0, 3) != 0)
    g_string_append (text, pick (rand, self->endings[kind]));
}

static void
append_sentence (Tongues *self, GRand *rand, TongueKind kind, int n, GString *text)
{
  TongueKind now = settle (rand, kind);

  for (int i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (text, speeches[now].between);
    /* A foreign word, a number, a smile now and then */
    append_word (self, rand, g_rand_int_range (rand, 0, 60) == 0 ? TONGUE_CODE : now, text);
  }
}

void
tongues_append_text (Tongues *self, GRand *rand, TongueKind kind, gsize octets, GString *text)
{
  gsize end = text->len + octets;

  while (text->len < end) {
    TongueKind now = settle (rand, kind);

    append_sentence (self, rand, now, g_rand_int_range (rand, 4, 14), text);
    g_string_append (text, g_rand_int_range (rand, 0, 5) == 0 ? "\n" : speeches[now].stop);
  }
}

void
tongues_append_title (Tongues *self, GRand *rand, TongueKind kind, GString *text)
{
  append_sentence (self, rand, kind, g_rand_int_range (rand, 2, 7), text);
}

void
tongues_append_name (Tongues *self, GRand *rand, TongueKind kind, GString *text)
{
  TongueKind now = settle (rand, kind);
  gboolean east = now == TONGUE_KOREAN || now == TONGUE_JAPANESE || now == TONGUE_CHINESE
                  || now == TONGUE_VIETNAMESE;
  const char *family = pick (rand, self->families[now]), *given = pick (rand, self->givens[now]);

  g_string_append_printf (text, "%s%s%s", east ? family : given,
                          east && now != TONGUE_VIETNAMESE ? "" : " ", east ? given : family);
}
