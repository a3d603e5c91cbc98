"""Patterns of Chinese, simplified and traditional: the same kinds that english.py knows, and its noise."""

from __future__ import annotations

import re

from .match import Match

__all__ = ["detect", "is_negative", "is_rule", "is_statement", "noise", "signals"]

_FILLER = re.compile(
    r"^(?:嗯+|哦|喔|啊|好的?|对了|對了|另外|还有|還有|顺便说一下|順便說一下|那个|那個|请|請|麻烦|麻煩"
    r"|拜托|不过|不過|你好|您好|谢谢|謝謝|补充一下|補充一下)[，,。！!、：: ]+"
)
_ANNOUNCE = re.compile(
    r"^(?:请你?|請你?|帮我|幫我|你要|你需要|一定要|麻烦你?|麻煩你?)?(?:记住|記住|记得(?!要|先|在)"
    r"|記得(?!要|先|在)|记一下|記一下|记下来?|記下來?|牢记|牢記"
    r"|请注意|請注意|注意|备忘|備忘|提醒一下|供参考|供參考|别忘了|別忘了|不要忘记|不要忘記)(?:了|一下"
    r"|一点|这一点|這一點)?[，,：:、 ]*"
    r"|^(?:以后|以後|今后|今後|从现在起|從現在起|从现在开始|從現在開始|从今以后|從今以後|往后|往後"
    r"|接下来都|将来|將來)(?:都)?[，,：: ]*"
)
_STRONG_NORM = re.compile(
    r"必须|必須|务必|務必|一定要|始终|始終|永远|永遠|切勿|切记|切記|千万(?:不|别|要)|千萬(?:不|別|要)"
    r"|禁止|不得(?!不)|不准|不允许|不允許"
    r"|严禁|嚴禁|统一(?:使|用|放|采|写|由)|統一(?:使|用|放|採"
    r"|寫|由)|一律|规定|規定|约定|約定|(?<!我)总是(?:用|使|要|先|把|在)|總是(?:用|使|要|先|把|在)|而不是用"
)
_NORM = re.compile(
    r"^(?:(?:在|对|對|当|當|如果|每次|凡是|所有|任何|新|写|寫|提交|部署|发布|發布|修改|改|用|给|給|跑"
    r"|做|处理|代码|代碼|回答|回复|回覆|项目|這個|这个|我们|我們|本"
    r"|公司)[^，,。]{0,24}[，,]?)?(?:请|請|都|就|也|尽量|儘量|最好|全部|只)*"
    r"(?:不要|别|別|避免|不能|不可以?|不许|不許|应该|應該|应当|應當|优先|優先|只能|只用|需要先|需先"
    r"|要先|都要|都得|都用|得先|先跑|请用|請用|请使用|請使用|推荐使用"
    r"|改用|使用|用(?![的过過了到于])|采用|採用|确保|確保|记得|記得|保持|遵循)(?=.{2})"
)
_IN_CASE = re.compile(
    r"^.{1,8}(?:尽量|儘量|最好|默认|默認)(?:用|使用|写|寫|放|保持|以)|^.{1,10}(?:请|請)(?:用|使用|写|寫|放"
    r"|保持|尽量|儘量|不要|别)|^.{1,12}(?:时候?|時候?|里|裡|中|上)[，,]?(?:请|請|都|就|也|尽量|儘量"
    r"|最好)*(?:不要|别|別|避免|要|用|必须|必須)"
)
_ORDERED_RUN = re.compile(
    r"^.{0,24}(?:前|后|後|时|時|请|請)[，, ]?(?:请|請|先|都)?(?:运行|運行|执行|執行|跑)"
)
_THIS_TIME = re.compile(
    r"这次|這次|这回|這回|它|晚点|晚點|今天|明天|我先|我會|我会|我再|我晚|免得|怕|看到|想起|先不要|暂时|暫時"
)
_NEGATIVE = re.compile(
    r"不要|禁止|切勿|不得|不准|不允许|不允許|严禁|嚴禁|避免|不能|不可|别|別|永远不|永遠不|不许|不許|绝不"
    r"|絕不|不[发發改引]"
)
_PREFERENCE = re.compile(
    r"我(?:们|們)?(?:更|比较|比較|最|很|一直|不太|特别|特別|非常|还是|還是)*(?:喜欢|喜歡|偏好|倾向"
    r"|傾向|习惯|習慣|讨厌|討厭|不喜欢|不喜歡|爱吃|愛吃|爱用|愛用"
    r"|不爱|不愛|不吃|不喝)|^我.{0,8}(?:喜欢|喜歡|讨厌|討厭|偏好)|(?:更|比较|比較|最|很|不)(?:喜欢|喜歡"
    r"|偏好)|宁愿|寧願|最爱|最愛"
)
_PERSONAL = re.compile(
    r"我(?:叫|的名字|姓)|我(?:现在|現在|目前|一直)?(?:住在|住|来自|來自|出生|毕业于|畢業於|就职于"
    r"|在.{1,20}(?:工作|上班|上学|上學|读书|讀書))"
    r"|我是(?:一名|一个|一個|一位|个|做)?.{1,20}(?:人|师|師|员|員|生|者|家|的)(?:[，。,!！]|$)|我(?:对"
    r"|對).{1,12}(?:过敏|過敏)"
    r"|我的(?:生日|妻子|丈夫|老婆|老公|儿子|兒子|女儿|女兒|孩子|狗|猫|貓|邮箱|郵箱|电话|電話|老板|老闆"
    r"|职业|職業|爱好|愛好|专业|專業|时区|時區|团队|團隊|家|妈妈"
    r"|媽媽|爸爸|女朋友|男朋友).{0,10}(?:是|叫|在|有|住|喜|今年|为|為)|我有(?:一|两|兩|三|四|\d)(?:个"
    r"|個|只|隻|条|條|辆|輛|台)|我(?:吃素|今年\d"
    r"|正在学|正在學|负责|負責)"
)
_DECISION = re.compile(
    r"(?:我们|我們|团队|團隊|大家|公司).{0,8}(?:决定|決定|选择了|選擇了|选了|選了|改成|换成|換成|迁移"
    r"|遷移|放弃了|放棄了|弃用|棄用|同意|约定|約定|采用|採用)"
    r"|已经?(?:从.{1,16})?(?:换成|換成|迁移到|遷移到|改为|改為|弃用|棄用|废弃|廢棄)"
)
_WARNING = re.compile(
    r"小心|当心|當心|否则|否則|不然|会导致|會導致|会报错|會報錯|有坑|踩坑|坑[是在]|不支持|不兼容"
    r"|不相容|才会生效|才能生效|才生效|会失败|會失敗|会丢失|會丟失|陷阱"
)
_FACT_VERB = re.compile(
    r"(?:是|为|為|在|有|用|使用|采用|採用|部署|位于|位於|存[在到放]|放在|默认|預設|默認|监听|監聽|运行"
    r"|運行|跑在|由.{1,16}(?:负责|負責|维护|維護|管理|提供)"
    r"|负责|負責|维护|維護|每(?:周|週|天|月|年|日|晚|次|小时|小時|季|两)|发布|發布|发版|重置|备份|備份"
    r"|截止|到期|依赖|依賴|基于|基於|支持|需要|只读|只讀|叫|设置"
    r"|設置|设为|設為|配置|写在|寫在|归|歸|属于|屬於|放到|走)"
)
_OWNER = re.compile(r"(?![我你您谁誰])[\u4e00-\u9fffA-Za-z]{1,8}(?:负责|負責|维护|維護)(?=..)")
_SUBJECT = re.compile(
    r"^(?:我们|我們|咱们|咱們|公司|团队|團隊|项目|項目|这个(?:项目|仓库|服务|库)|這個(?:項目|倉庫|服務"
    r"|庫)|本(?:项目|項目|仓库|倉庫)|生产|生產|测试|測試|线上"
    r"|線上|预发|預發|数据库|數據庫|資料庫|服务|服務|接口|配置|日志|日誌|代码|代碼|程式碼|文档|文檔"
    r"|前端|后端|後端|部署|发布|發布|端口|默认|默認|所有|每)"
)
_SPECIFIC = re.compile(
    r"[A-Za-z0-9_./:-]{2,}|\d|部署在|運行在|运行在|存储在|儲存在|位于|位於|每(?:周|週|天|月|年|日|晚"
    r"|小时|小時)|周[一二三四五六日末]|星期|月底|号"
    r"|號|点|點|由.{1,16}(?:负责|負責|维护|維護)"
)
_TRANSIENT = re.compile(
    r"现在(?:报错|有问题|出错)|刚刚|剛剛|刚才|剛才|今天|昨天|一直报错|报错了|報錯了|失败了|失敗了|崩了"
    r"|挂了|掛了|跑不起来|打不开|打不開|没反应|沒反應|不工作"
)

_SMALL_TALK = re.compile(
    r"^(?:你好|您好|嗨|哈喽|哈囉|早|早上好|早安|上午好|下午好|晚上好|晚安|再见|再見|拜拜|明天见|明天見"
    r"|谢谢|謝謝|多谢|多謝|感谢|感謝|辛苦|不客气|不客氣|没事|沒事"
    r"|没关系|沒關係|好的?|好啊|好吧|行|可以|嗯+|哦|喔|对|對|是的|收到|明白|了解|知道了|太好了|太棒了"
    r"|真棒|厉害|厲害|不错|不錯|牛|赞|讚|哈哈+|呵呵|嘿嘿|嘻嘻|笑死"
    r"|恭喜|加油|抱歉|对不起|對不起|很高兴|很高興|没问题|沒問題|当然|當然|祝|周末愉快|週末愉快"
    r"|生日快乐|生日快樂|新年快乐|新年快樂|今天天气|今天天氣|天气真|天氣真|好累|好困"
    r"|我(?:好|很|太)(?:累|困|忙|饿|餓|开心|開心|高兴|高興|无聊|無聊|难过|難過)|无聊|無聊|原来如此"
    r"|原來如此|真的吗|真的嗎|讲个笑话|講個笑話|給我講|给我讲|吃(?:了"
    r"|过)(?:饭|飯)|(?:我|那我)?(?:先|这就|這就|马上|馬上|准备|準備|要)去?(?:吃|睡|洗|歇|休息|下班|走了|撤"
    r"|溜|开会|開會"
    r"|忙|接个|接個|喝|买|買)|(?:等|待)(?:会|會|下|一下)|(?:一会儿?|一會兒?|回头|回頭|晚点|晚點|下次"
    r"|改天)(?:再|见|見|聊|说|說)"
    r"|终于|終於|总算|總算|好家伙|天哪|哎|唉|哇|真是太|太(?:好笑|有趣|有意思|厉害|厲害|感谢|感謝))"
)
_SHORT_ONLY = re.compile(
    r"^(?:好的?|行|可以|嗯+|哦|喔|对|對|是的|收到|明白|了解|知道了|早|牛|赞|当然|當然|不错|不錯|没事|沒事)"
)
_QUESTION = re.compile(
    r"[？?]\s*$|(?:吗|嗎|呢|么|麼)[。.!！~～]*$|^(?:怎么|怎麼|如何|什么是|什麼是|为什么|為什麼|为何"
    r"|為何|哪个|哪個|哪里|哪裡|谁|誰|能不能|可不可以|能否"
    r"|可否|是否|有没有|有沒有|请问|請問|多少|几点|幾點)|(?:怎么办|怎麼辦|是什么|是什麼|怎么做|怎麼做"
    r"|在哪里?|在哪裡|在哪儿|是谁|是誰"
    r"|怎么回事|怎麼回事)[。.]?$|^.{0,14}(?:怎么|怎麼|如何|为什么|為什麼).{0,12}(?<![。了])$"
)
_TASK = re.compile(
    r"^(?:请|請|麻烦|麻煩|现在|現在|然后|然後|接着|接著|再|先|那|好[，,]?|可以|能)*(?:你)?(?:帮我|幫我"
    r"|帮忙|幫忙|给我|給我|替我|把|将|將|我想|我要|我需要"
    r"|我们需要|我們需要|修复|修復|修一下|修改|改一下|添加|增加|加一?个|加一個|删除|刪除|删掉|刪掉"
    r"|写一?个|寫一個|写一段|生成|创建|創建|新建|实现|實現|重构|重構|优化"
    r"|優化|翻译|翻譯|总结|總結|解释|解釋|检查|檢查|看一下|看看|查一下|运行|運行|跑一下|执行|執行|继续"
    r"|繼續|试试|試試|重试|更新|提交|推送|部署|安装|安裝|打开|打開|画"
    r"|畫|整理|分析|推荐|推薦)"
)
_PROGRESS = re.compile(
    r"^(?:好的?[，,。！! ]*|没问题[，,。 ]*|收到[，,。 ]*|明白[，,。 ]*|了解[，,。 ]*|當然[，,]?"
    r"|当然[，,]?|现在|現在|接下来|接下來|首先|然后|然後"
    r"|下一步|第.步|那)*(?:[，,：: ]*)(?:让我|讓我|我来|我來|我会|我會|我将|我將|我先|我要|我需要"
    r"|我正在|正在|我已经?|我已經|已经|已經|我刚|我剛|我看到|我发现"
    r"|我發現|我找到|我再|我现在|我們來|我们来|测试(?:全部|都|已)|所有测试|全部|完成|已完成|修改完成"
    r"|以下是|下面是|这是|這是)"
)
_BARE_PROGRESS = re.compile(
    r"^(?:好的?[，,。 ]*)?(?:正在|我(?:正在|先|来|來|这就|這就|马上|馬上|再|刚刚?|剛剛?|已经?"
    r"|已經))(?:去)?(?:看|运行|運行|执行"
    r"|執行|跑|检查|檢查|查|修|改|试|試|测|測|处理|處理|部署|安装|安裝|提交|写|寫|做|更新|分析|搜索|读|讀)"
)
_RULELIKE = re.compile(
    r"^(?!.{0,12}(?:是|为|為|监听|監聽|位于|位於|存在|负责|負責|每[天周晚月])).{1,16}?(?:一律|统一|統一"
    r"|都(?=要|用|得|由|放|写|寫|走|是|先|在|有|需|必|经|經|加|按|不|以|统|統)|全部?|至少|最多"
    r"|不超过|不超過|必须|必須|不得|不能|不用|不[发發做改引写寫进進]|(?<![又快就还還想只真不])要(?!求)|用"
    r"|优先|優先|放在|放到|写在"
    r"|寫在|走|加|以)"
)
_SIGNAL = re.compile(
    r"因为|因為|所以|应该|應該|必须|必須|喜欢|喜歡|决定|決定|默认|配置|规则|約定|约定|不对|不對|其实"
    r"|其實|解决|解決"
)
_MOOD = re.compile(
    r"^(?!.*[A-Za-z0-9])(?:.*(?:死|坏|壞|爆|翻|惨|慘|疯|瘋|晕|暈|哭)了|.{0,8}又(?:要|得|是|来|來|被)"
    r"|.*(?:好想|真想|受不了|没救|沒救|睁不开|睜不開)|.*[啊啦呀吧嘛咯哈哇喽嘍][。.!！~～]*$)"
)
"""A feeling or an exclamation that names nothing."""


def noise(text: str, role: str | None) -> str | None:
    """Why a sentence is not worth keeping, or None."""
    if role is None and len(text) <= 20 and _MOOD.search(text) and not _STRONG_NORM.search(text):
        return "small talk"
    if _ANNOUNCE.match(text) and not text.rstrip().endswith(("？", "?")):
        return None
    if _QUESTION.search(text):
        return "a question"
    standing = _is_norm(text, role)
    if _SMALL_TALK.match(text) and not standing:
        short = len(text) <= 6 if _SHORT_ONLY.match(text) else len(text) <= 24
        if short:
            return "small talk"
    if (role in ("assistant", "tool") and _PROGRESS.match(text)) or (
        role is None and _BARE_PROGRESS.match(text)
    ):
        return "progress talk"
    if role is not None and not standing and _TASK.match(text):
        return "a task to do once"
    if (
        role is None
        and not standing
        and re.match(r"^(?:请|請|麻烦)?(?:你)?(?:帮我|幫我|给我|給我|把这|把這|看一下|看看)", text)
    ):
        return "a task to do once"
    if role is not None and _TRANSIENT.search(text) and not standing:
        return "reports a state of the moment"
    return None


def detect(text: str, role: str | None) -> Match | None:
    """The strongest pattern of a sentence, or None."""
    body = text
    for _ in range(4):
        match = _FILLER.match(body)
        if not match or len(body) - match.end() < 4:
            break
        body = body[match.end() :]
    announced = _ANNOUNCE.match(body)
    if announced and len(body) - announced.end() >= 3:
        return Match("request", body[announced.end() :])
    if re.match("小心|当心|當心|注意", body) and len(body) > 6:
        return Match("pitfall", body)
    if _PREFERENCE.search(body):
        return Match("preference", body)
    if _PERSONAL.search(body) and role != "assistant":
        return Match("personal", body)
    if _DECISION.search(body):
        return Match("decision", body)
    if _is_norm(body, role):
        return Match("norm", body)
    if _WARNING.search(body) and len(body) > 8:
        return Match("pitfall", body)
    if _OWNER.match(body):
        return Match("fact", body)
    if (
        _FACT_VERB.search(body)
        and _SPECIFIC.search(body)
        and (
            _SUBJECT.match(body)
            or re.search(
                r"由.{1,16}(?:负责|負責|维护|維護)|(?:端口|版本|地址|路径|路徑|密码|密碼|域名|账号|负责人"
                r"|負責人"
                r"|截止|默认|默認).{0,10}(?:是|为|為|在|:|：)",
                body,
            )
        )
    ):
        return Match("fact", body)
    return None


def _is_norm(text: str, role: str | None) -> bool:
    """A rule for every time: said by the user (an agent's own plans are none), and not of this once."""
    if re.search(r"应该(?:是|可以|没|能|会)|應該(?:是|可以|沒|能|會)", text):
        return False
    if role == "assistant" and not re.search(
        r"项目|項目|仓库|倉庫|代码|代碼|我们的?(?:服务|接口|配置)|[A-Za-z_]{3,}", text
    ):
        return False
    if role is not None and _THIS_TIME.search(text):
        return False
    if (
        role == "user"
        and re.search("[A-Za-z]{2}", text)
        and re.match(".{1,12}(?:都|一律|统一|統一|全部)[在用走由放]", text)
    ):
        return True
    return any(p.search(text) for p in (_STRONG_NORM, _NORM, _IN_CASE, _ORDERED_RUN))


def is_negative(text: str) -> bool:
    """Whether the rule forbids."""
    return bool(_NEGATIVE.search(text))


def is_rule(text: str) -> bool:
    """Whether a bare statement tells how things are to be done ("变量名用驼峰"), not how they are."""
    return bool(_RULELIKE.match(text)) and "我" not in text[:2]


def is_statement(text: str) -> bool:
    """Whether a bare text says something: long enough, and with a verb that states."""
    return len(text) >= 5 and bool(
        re.search("不能|不会|不會|会|會|要|爱|愛|怕", text)
        or _FACT_VERB.search(text)
        or _is_norm(text, None)
        or len(text) >= 8
    )


def signals(text: str) -> bool:
    """Whether the words hint at knowledge though no pattern holds."""
    return bool(_SIGNAL.search(text))
