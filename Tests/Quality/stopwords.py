"""Words that carry no content, and the talk of thinking models; enough of each language to compare sentences by what they are about."""

STOP_WORDS = set("""
a an and are as at be been being both but by can could did do does doing done each else even few for from get gets go going had has have
having he her here him his how i if in into is it its just let like make makes may me might more most much must my need needs no nor not now
of off on once one only or other our out over own same say see shall she should since so some such than that the their them then there these
they this those through to too under until up us use used using very want was we well were what when where whether which while who whom why
will with within without would yes yet you your okay ok hmm wait actually maybe perhaps think thinking thought let's i'm it's that's don't
doesn't i'll we'll i've can't isn't there's also really right sure again first next another because therefore thus hence means mean look
looks still back check something anything thing things about after before however though although

der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren sein wird werden wurde kann können muss müssen soll
hat haben hatte ich du er sie es wir ihr mir mich sich uns euch nicht kein keine auch noch nur schon so als wie wenn dann dass da denn weil
für von vom zu zum zur mit bei nach aus auf an am im in um über unter vor durch ohne gegen bis also doch hier dort man mal mehr sehr was wer
wo welche welcher welches dieser diese dieses diesen diesem okay moment warte vielleicht eigentlich jetzt zuerst nochmal

le la les un une des du de et ou mais est sont été être a ont avoir je tu il elle on nous vous ils elles ce cet cette ces que qui quoi dont où
ne pas plus pour par avec sans sur sous dans en au aux se sa son ses leur leurs si donc alors car comme aussi très bien peut faut fait d'accord
y attends peut-être c'est n'est qu'il l'on j'ai

el los las unos unas del al y o pero es son era ser estar está están fue ha han haber yo tú él ella nosotros ellos que quien cual cuyo donde
no más para por con sin sobre en su sus se lo le les si entonces porque como también muy bien puede hay esto esta este estos estas eso

и или но а не ни в во на с со к ко по из за для от до о об у при что как это то так же бы ли был была было были быть есть я ты он она оно мы вы
они его её их мне меня нас вас нам вам который которая которое которые если когда где тогда значит еще ещё уже только может можно надо нужно
нет да вот там тут ну

그 이 저 것 수 등 및 또는 그리고 하지만 그러나 그래서 그런데 있다 없다 하다 되다 이다 있는 없는 하는 되는 한다 된다 잠깐 그럼 이제 먼저 다시 좀 더 안

这个 一个 可以 我们 所以 因为 如果 但是 那么 就是 不是 没有 什么 怎么 需要 应该 可能 或者 然后 这样 这里 他们 你们 自己 还是 已经 等等 让我 我再 一下
""".split())

# Left out before a sentence without loss, although they are content elsewhere; cut to six letters as content words are.
FILLER = {word[:6] for word in """
alright well good great nice fine cool interesting wait perfect remark note answer final summary conclusion step double verify confirm remember
recall believe guess suppose realize notice hang second minute moment gut schön prima stimmt bon bien alors bueno vale claro хорошо ладно итак
""".split()}
