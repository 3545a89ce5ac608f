/// What a turn of phrase says about the worth of its sentence to somebody who waits.
enum Cue: Int, CaseIterable {
    /// "The answer is", "final answer", "答案是".
    case answer
    /// "Therefore", "in total", "daher".
    case conclusion
    /// "I'll use", "the best approach".
    case decision
    /// "That gives", "turns out", "confirms".
    case finding
    /// "However", "the mistake", "instead".
    case correction
    /// "We need to", "first", "the next step".
    case plan
    /// "Maybe", "I think", "not sure".
    case hedge
    /// Talk about the talk: "let me check again", "step by step".
    case chatter
    /// How the answer is to look: "tone", "the answer should have", "I'd begin with". No answer itself.
    case form
    /// "This", "it", "they" at the beginning: the reader does not know what.
    case dangling
    /// Talk about instructions the client's user has not written; never quoted.
    case instructions

    /// Points for a sentence with the cue; counted once for each cue.
    var points: Int {
        switch self {
        case .answer: 8
        case .conclusion: 6
        case .decision, .finding: 0
        case .correction: -2
        case .plan: -3
        case .hedge: -7
        case .chatter: -14
        case .form: -60
        case .dangling: -8
        case .instructions: -1_000
        }
    }
}

/// A phrase that carries a cue, as the hashes of its terms.
struct CuePhrase {
    var cue: Cue
    var terms: [UInt32]
    /// Only at the beginning of a sentence.
    var isOpening: Bool
}

/// The phrases by cue, in the languages models mostly think in. Separated by `|`; `^` means only at the beginning of a sentence.
enum CueList {
    static let phrases: [(Cue, String)] = [
        (
            .answer,
            """
            the answer is|^answer|^the answer|^final|^result|^conclusion|^verdict|^recommendation|my recommendation|short answer|answer should be|answer would be|answer must be|answer will be|final answer|correct answer|the result is|the solution is|\
            so the answer|the final result|^antwort|^ergebnis|^fazit|kurze antwort|meine empfehlung|die antwort ist|die antwort lautet|das ergebnis ist|das ergebnis lautet|die lösung ist|endergebnis|\
            ^réponse|^résultat|ma recommandation|la réponse est|le résultat est|la solution est|^respuesta|^resultado|mi recomendación|la respuesta es|el resultado es|la solución es|la risposta è|il risultato è|\
            a resposta é|o resultado é|ответ|^итог|^итого|^вывод|结论是|推荐|答案是|答案为|答案应|最终答案|结果是|结果为|正确答案|結論|答えは|答えが|解答は|正解は|결론|추천|권한|답은|정답은|결과는|उत्तर|الجواب|الإجابة
            """
        ),
        (
            .conclusion,
            """
            therefore|thus|hence|^donc|^also ist|^also sind|^entonces|^allora|consequently|in conclusion|to conclude|in summary|to summarize|to sum up|in short|in the end|all in all|bottom line|overall|altogether|in total|it follows|which means|\
            this means|that means|as a result|we conclude|i conclude|i'd go with|i would go with|i'd recommend|i would recommend|i'd pick|i'd choose|my pick|settle on|this proves|this shows|must be|so there are|confident that|confident now|is indeed|daher|deshalb|folglich|somit|\
            demnach|also gilt|das heißt|das bedeutet|insgesamt|zusammenfassend|zusammengefasst|unterm strich|am ende|kurz gesagt|par conséquent|en conclusion|en résumé|en somme|finalement|au total|cela signifie|\
            por lo tanto|por tanto|así que|en conclusión|en resumen|en definitiva|en total|esto significa|quindi|pertanto|in totale|portanto|logo|поэтому|следовательно|\
            таким образом|в итоге|значит|所以|因此|综上|综合|总的来|总之|总共|一共|于是|意味着|结论|したがって|よって|つまり|ゆえに|まとめ|以上から|따라서|그러므로|정리하|요약|इसलिए|अतः|لذلك|إذن
            """
        ),
        (
            .decision,
            """
            i'll use|i will use|i'll go with|let's go with|i'll choose|i will choose|i'll write|i'll go for|best approach|best option|better approach|\
            the simplest|the cleanest|the best way|the key is|the key insight|the idea is|the trick is|the plan|i decide|we choose|\
            i should call|i should use|we can use|let me call|let me use|let me invoke|i'll call|i will call|i'll start|i'm going to|it's better to|it is better to|recommend|ich nehme|ich verwende|am besten|wir wählen|wir nehmen|\
            die idee|der schlüssel|le mieux|je choisis|j'utilise|on choisit|l'idée|lo mejor|voy a usar|la idea|la clave|elijo|лучше всего|выберем|\
            决定|选择|采用|最好|关键|方案|使うのが|選ぶ|最も良い|選択|선택|사용하
            """
        ),
        (
            .finding,
            """
            gives|yields|equals|we get|we have|we obtain|i get|turns out|found|confirms|confirmed|matches|works|holds|because|since|requires|\
            the problem is|the issue is|the reason|the cause|the bug|for example|ergibt|erhalten wir|weil|der grund|das problem|der fehler|\
            on obtient|donne|parce que|le problème|obtenemos|porque|el problema|получаем|потому что|проблема|得到|可得|因为|问题是|原因|发现|需要|\
            なので|わかる|問題は|原因|だから|때문|문제는|발견
            """
        ),
        (
            .correction,
            """
            however|actually|instead|the mistake|a mistake|is wrong|was wrong|not correct|incorrect|on the other hand|unlike|except|but if|^but|\
            jedoch|allerdings|eigentlich|stattdessen|falsch|aber|cependant|toutefois|en fait|plutôt|sin embargo|en realidad|incorrecto|pero|\
            tuttavia|invece|no entanto|однако|на самом деле|неверно|但是|然而|不过|其实|错误|实际上|しかし|ただし|実際|間違い|그러나|하지만|사실
            """
        ),
        (
            .plan,
            """
            we need to|i need to|need to|i should|we should|i must|we must|first|next step|the next|then|finally|let me|let's|we can|\
            user wants|user is asking|user asks|the question is|the task|the goal|wir müssen|ich muss|zuerst|zunächst|als nächstes|danach|schließlich|\
            der nutzer|die frage|die aufgabe|il faut|je dois|d'abord|ensuite|enfin|l'utilisateur|la question|tengo que|necesito|primero|después|\
            el usuario|la pregunta|bisogna|prima|сначала|затем|нужно|пользователь|首先|其次|然后|接着|最后|用户|我们需要|我需要|应该|まず|次に|最後に|\
            ユーザー|必要が|먼저|다음|마지막|사용자|필요
            """
        ),
        (
            .hedge,
            """
            maybe|perhaps|possibly|i think|i guess|i believe|i feel|might|could be|not sure|unsure|probably|presumably|seems|it seems|i wonder|\
            i recall|i'm not|unclear|vielleicht|möglicherweise|ich glaube|ich denke|nicht sicher|vermutlich|wahrscheinlich|peut être|je pense|\
            je crois|quizás|quizá|tal vez|creo que|no estoy seguro|forse|penso|talvez|acho que|возможно|может быть|наверное|думаю|\
            可能|也许|或许|大概|我觉得|我认为|不确定|似乎|好像|かもしれ|たぶん|おそらく|と思う|だろう|아마|것 같|모르겠
            """
        ),
        (
            .chatter,
            """
            let me check again|check again|let me reconsider|let me recount|let me also verify|let me also check|let me recheck|let me re check|let me make sure|let me redo|check one more time|recheck|keep it short|keep it brief|not too long|one sentence|one short sentence|half sentence|half a sentence|one line|one short line|out of scope|mention it|^skip|try again|let me try|start over|start again|double check|let me verify|let me confirm|to be sure|make sure|to make sure|once more|step by step|one by one|\
            careful|carefully|let me think|let me see|let me write|let me count|let me do that|let's write|let's list|go through|think about|\
            don't need to|i can also|looks right|look right|that's correct|that's right|that is correct|is that right|hold on|\
            mental|in mind|extra text|shouldn't add|my response|the response should|verbose|nochmal|noch einmal|überprüfen|sicherstellen|schritt für schritt|vérifions|vérifier|verifiquemos|paso a paso|\
            проверим|ещё раз|再检查|检查一下|验证一下|再看|一步一步|逐步|仔细|再确认|確認し|もう一度|다시 확인|확인해
            """
        ),
        (
            .form,
            """
            ^tone|tone of|^length|^format|^style|^layout|the answer should have|the answer should include|the answer should contain|the answer should mention|\
            the answer should start|the answer should begin|the answer should end|the answer has to be|the answer needs|in the answer|\
            i'd begin with|i'd start with|i'd end with|i'd mention|i'd add|i'd close with|i'll begin with|i'll end with|i'll mention|i'll structure|and end with|\
            first the short answer|recommendation first then|answer first then|verdict first then|result first then|conclusion first then|answer short verdict|numbered list|bullet list|bullet points|liste numérotée|nummerierte liste|^ton der|^länge|^tonfall|die antwort soll|die antwort sollte|in der antwort|ich würde erwähnen|ich beginne mit|\
            dans la réponse|la réponse doit|ton de|en la respuesta|la respuesta debe|回答要|回答中|语气|回答では|答えには|書いておきましょう
            """
        ),
        (
            .dangling,
            """
            ^this|^that|^these|^those|^it|^they|^he|^she|^its|^their|^which|^same|^similarly|^also|^another|^here|^there it|^alternatively|^or|\
            ^or maybe|^das|^dies|^diese|^dieser|^es|^sie|^er|^dort|^ça|^cela|^ce|^il|^elle|^esto|^eso|^ello|^questo|^isso|^это|^он|^она|\
            ^这|^这个|^这样|^那个|^它|^他|^她|^これ|^それ|^この|^その|^이것|^그것
            """
        ),
        (
            .instructions,
            """
            system prompt|system message|developer message|developer instructions|the instructions say|instructions say|my instructions|\
            the guidelines|content policy|policy says|according to policy|the system says|hidden instructions|systemprompt|systemnachricht|\
            系统提示|系统消息|系统指令|システムプロンプト|시스템 프롬프트|системный промпт|système prompt|mensaje del sistema
            """
        ),
    ]
}
